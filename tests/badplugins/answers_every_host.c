/* Answers a host of any ABI. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugin = RAW_PLUGIN("answers_every_host", "Bad.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  (void)host_abi_major;
  return &plugin;
}
