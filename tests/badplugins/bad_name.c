/* Its name has a line break. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("bad\nname", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) { return host_abi_major == 1 ? &plugin : NULL; }
