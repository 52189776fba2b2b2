/* Answers another interface each time. */
#include "tests/badplugins/raw_plugin.h"

static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPolls[2] = {{&raw_interval, &raw_poll}, {&raw_interval, &raw_poll}};
  static unsigned calls;
  return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPolls[calls++ % 2] : NULL;
}
static telltale_plugin plugin = RAW_PLUGIN("answers_interface_anew", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
