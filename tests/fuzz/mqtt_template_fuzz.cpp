// Templates of Home Assistant's discovery: the template up to a zero byte, then the payload that it is applied to. What
// it answers is finite and bounded.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "plugins/mqtt/presets/value_template.h"

using namespace telltale;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\0'), all.size());
  const auto parsed = mqtt::ValueTemplate::parse(all.substr(0, end));
  const auto* const made = std::get_if<mqtt::ValueTemplate>(&parsed);
  if (made == nullptr) return 0;
  const std::string_view payload = all.substr(std::min(end + 1, all.size()));
  payload::JsonDecoder decoder;
  payload::JsonSelection leaves;
  leaves.texts = payload::JsonTexts::kKeep;
  mqtt::TemplateInput input{payload};
  if (decoder.decode(payload, leaves) == payload::JsonFault::kNone) input.value_json = decoder.leaves();
  const mqtt::TemplateValue value = made->evaluate(input);
  if (const auto* number = std::get_if<double>(&value); number != nullptr && !std::isfinite(*number)) std::abort();
  if (const auto* text = std::get_if<std::string>(&value);
      text != nullptr && text->size() > size + 2 * mqtt::ValueTemplate::kMaxText) {
    std::abort();
  }
  return 0;
}
