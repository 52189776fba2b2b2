/* Answers for versions of an interface that there are not. */
#include "tests/badplugins/raw_plugin.h"

static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPoll = {&raw_interval, &raw_poll};
  return strncmp(id, TELLTALE_POLL_1, strlen("telltale.poll/")) == 0 ? &kPoll : NULL;
}
static telltale_plugin plugin = RAW_PLUGIN("answers_every_version", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
