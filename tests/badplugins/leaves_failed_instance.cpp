// Refuses an option, and leaves an instance behind.
#include <telltale/cpp/text.hpp>

#include "tests/badplugins/raw_plugin.h"

static telltale_result create(const telltale_host* host, telltale_instance** instance) {
  raw_create(host, instance);
  if (host->options->children[0].text.size < 1'000) return TELLTALE_OK;
  host->log(host, TELLTALE_LOG_ERROR, telltale::to_str("label is too long"));
  return TELLTALE_E_CONFIG;
}
static telltale_option option{};
static telltale_plugin plugin =
    RAW_PLUGIN("leaves_failed_instance", "Refuses an option, and leaves an instance behind.");

extern "C" TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  option.name = telltale::to_str("label");
  option.help = telltale::to_str("What is written on it.");
  option.default_text = telltale::to_str("x");
  option.minimum = 1;
  option.type = TELLTALE_OPTION_TEXT;
  plugin.options = &option;
  plugin.option_count = 1;
  plugin.create = &create;
  return host_abi_major == 1 ? &plugin : nullptr;
}
