/* Refuses every host but one of ABI 3. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("refuses_host", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.abi_major = 3;
  return host_abi_major == 3 ? &plugin : NULL;
}
