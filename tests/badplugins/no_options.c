/* Counts five options, but has none. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("no_options", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.option_count = 5;
  return host_abi_major == 1 ? &plugin : NULL;
}
