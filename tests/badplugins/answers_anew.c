/* Answers another description each time. */
#include "tests/badplugins/raw_plugin.h"

static telltale_plugin plugins[2] = {RAW_PLUGIN("answers_anew", "Bad."), RAW_PLUGIN("answers_anew", "Bad.")};
static unsigned calls;

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  return host_abi_major == 1 ? &plugins[calls++ % 2] : NULL;
}
