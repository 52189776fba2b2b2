/* An option is required and has a default. */
#include "tests/badplugins/raw_plugin.h"

static const telltale_option kOptions[] = {{.name = TEXT("label"),
                                            .help = TEXT("What is written on it."),
                                            .default_text = TEXT("x"),
                                            .minimum = 1,
                                            .type = TELLTALE_OPTION_TEXT,
                                            .flags = TELLTALE_OPTION_REQUIRED}};

static telltale_plugin plugin = RAW_PLUGIN("contradicting_flags", "An option is required and has a default.");

const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.options = kOptions;
  plugin.option_count = 1;
  return host_abi_major == TELLTALE_ABI_MAJOR ? &plugin : NULL;
}
