// Shows a function of its own beside the entry.
#include "tests/badplugins/raw_plugin.h"

TELLTALE_EXPORT int helper_that_others_may_have_too() { return 1; }

static telltale_plugin plugin = RAW_PLUGIN("shows_symbols", "Shows a function of its own.");

extern "C" TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  return host_abi_major == 1 ? &plugin : nullptr;
}
