// Payloads of Sparkplug B: read whole or refused, and every view inside the payload.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "plugins/mqtt/presets/sparkplug_payload.h"

using namespace telltale::mqtt;

namespace {

bool inside(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  return part.empty() ||
         (not_after(whole.data(), part.data()) && not_after(part.data() + part.size(), whole.data() + whole.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static SparkplugPayload payload;
  if (read_sparkplug(bytes, payload) != SparkplugFault::kNone) {
    if (!payload.metrics.empty()) std::abort();
    return 0;
  }
  for (const SparkplugMetric& metric : payload.metrics) {
    if (!inside(metric.name, bytes) || !inside(metric.text, bytes) || !inside(metric.unit, bytes)) std::abort();
    (void)metric.as_number(metric.datatype);
  }
  return 0;
}
