/* Has no create function. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("no_create", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.create = NULL;
  return host_abi_major == 1 ? &plugin : NULL;
}
