/* Offers no interface. */
#include "tests/badplugins/raw_plugin.h"

static const void* get_interface(const char* id) {
  (void)id;
  return NULL;
}
static telltale_plugin plugin = RAW_PLUGIN("no_interface", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : NULL;
}
