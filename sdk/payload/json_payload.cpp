#include <array>
#include <utility>

#include <telltale/payload/json_payload.hpp>

#include "sdk/payload/json_walk.h"

namespace telltale::payload {

std::string_view to_word(JsonFault fault) noexcept {
  constexpr std::array<std::string_view, 12> kWords{
      "",         "not_json",        "not_utf8",      "not_finite",    "out_of_range",  "too_large",
      "too_deep", "too_many_values", "text_too_long", "duplicate_key", "nothing_there", "not_a_reading"};
  return kWords.at(static_cast<std::size_t>(fault));
}

JsonDecoder::JsonDecoder(const JsonLimits& limits) : walk_(std::make_unique<Walk>(limits)) {}
JsonDecoder::JsonDecoder(JsonDecoder&&) noexcept = default;
JsonDecoder& JsonDecoder::operator=(JsonDecoder&&) noexcept = default;
JsonDecoder::~JsonDecoder() = default;

JsonFault JsonDecoder::decode(std::string_view payload, const JsonSelection& selection) {
  return walk_->run(payload, selection);
}

std::span<const JsonLeaf> JsonDecoder::leaves() const noexcept { return walk_->leaves(); }
const std::optional<JsonLeaf>& JsonDecoder::time() const noexcept { return walk_->time(); }

}  // namespace telltale::payload
