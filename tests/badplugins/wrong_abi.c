/* Built for ABI 2, and says so to a host of ABI 1. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("wrong_abi", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  (void)host_abi_major;
  plugin.abi_major = 2;
  return &plugin;
}
