/* Answers a result code that does not exist. */
#include "tests/badplugins/raw_plugin.h"

static telltale_result poll(telltale_instance* instance, int64_t deadline) {
  (void)instance;
  (void)deadline;
  return -77;
}
static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPoll = {&raw_interval, &poll};
  return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : NULL;
}
static telltale_plugin plugin = RAW_PLUGIN("garbage_result", "Answers -77.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
