/* An option has no help. */
#include "tests/badplugins/raw_plugin.h"

static const telltale_option kOptions[] = {{.name = TEXT("label"), .minimum = 1, .type = TELLTALE_OPTION_TEXT}};

static telltale_plugin plugin = RAW_PLUGIN("undocumented_option", "An option has no help.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.options = kOptions;
  plugin.option_count = 1;
  return host_abi_major == TELLTALE_ABI_MAJOR ? &plugin : NULL;
}
