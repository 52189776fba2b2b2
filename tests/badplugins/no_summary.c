/* Does not say what it is. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("no_summary", "");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  return host_abi_major == TELLTALE_ABI_MAJOR ? &plugin : NULL;
}
