/* Its name is as long as the address space. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("endless_name", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.name.size = UINT64_MAX;
  return host_abi_major == 1 ? &plugin : NULL;
}
