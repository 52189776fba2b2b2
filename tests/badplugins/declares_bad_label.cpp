// Declares a label whose name begins with a digit.
#include <telltale/cpp/text.hpp>

#include "tests/badplugins/raw_plugin.h"

static telltale_result poll(telltale_instance* instance, int64_t) {
  const auto* host = reinterpret_cast<const telltale_host*>(instance);
  telltale_series series{};
  series.name = telltale::to_str("declares_bad_label.value");
  series.decimals = -1;
  const telltale_label label{telltale::to_str("1st"), telltale::to_str("x")};
  series.labels = &label;
  series.label_count = 1;
  uint32_t number = 0;
  if (host->declare_series(host, &series, &number) == TELLTALE_OK) {
    const telltale_reading reading{0, 1, number, TELLTALE_QUALITY_GOOD, 0};
    host->publish(host, &reading, 1);
  }
  return TELLTALE_OK;
}
static const void* get_interface(const char* id) {
  static const telltale_poll_1 kPoll{&raw_interval, &poll};
  return strcmp(id, TELLTALE_POLL_1) == 0 ? &kPoll : nullptr;
}
static telltale_plugin plugin = RAW_PLUGIN("declares_bad_label", "Declares a label whose name begins with a digit.");

extern "C" TELLTALE_EXPORT const telltale_plugin* telltale_plugin_entry(uint32_t host_abi_major) {
  plugin.get_interface = &get_interface;
  return host_abi_major == 1 ? &plugin : nullptr;
}
