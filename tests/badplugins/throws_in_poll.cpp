// An exception leaves its poll, through the C functions.
#include "tests/badplugins/raw_plugin.h"

static telltale_result poll(telltale_instance*, int64_t) { throw 42; }
static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPoll{&raw_interval, &poll};
  return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : nullptr;
}
static telltale_plugin plugin = RAW_PLUGIN("throws_in_poll", "Throws.");

extern "C" TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : nullptr;
}
