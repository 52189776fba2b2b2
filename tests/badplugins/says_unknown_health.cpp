// Says a health that there is not.
#include "tests/badplugins/raw_plugin.h"

static telltale_result poll(telltale_instance* instance, int64_t) {
  const auto* host = reinterpret_cast<const telltale_host*>(instance);
  host->health(host, 12, {nullptr, 0});
  return TELLTALE_OK;
}
static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPoll{&raw_interval, &poll};
  return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : nullptr;
}
static telltale_plugin plugin = RAW_PLUGIN("says_unknown_health", "Says a health that there is not.");

extern "C" TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : nullptr;
}
