#include "daemon/host/declaration_codec.h"

#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include <telltale/cpp/text.hpp>

namespace telltale::host {

namespace {

using core::ErrorCode;
using core::make_error;
using core::SeriesDeclaration;
using core::SeriesKind;

core::Error invalid(std::string message) { return make_error(ErrorCode::kInvalid, std::move(message)); }

core::Result<void> check_text(std::string_view text, std::size_t limit, const char* what) {
  if (text.size() > limit) return invalid(std::string(what) + " is longer than " + std::to_string(limit) + " bytes");
  if (!core::is_clean_text(text)) {
    return invalid(std::string(what) + " has control characters or is no valid UTF-8");
  }
  return {};
}

// What make_series_key leaves to us.
core::Result<void> check_rest(const SeriesDeclaration& declaration) {
  if (auto checked = check_text(declaration.unit, kMaxUnitBytes, "the unit"); !checked) return checked.error();
  if (auto checked = check_text(declaration.hint.title, kMaxTitleBytes, "the title"); !checked) return checked.error();
  if (declaration.states.size() > core::kMaxStates) return invalid("a state has at most 64 names");
  if (!declaration.states.empty() && declaration.kind != SeriesKind::kState) {
    return invalid("only a series of kind state has names of states");
  }
  for (const auto& [value, name] : declaration.states) {
    if (value < INT16_MIN || value > INT16_MAX) return invalid("a state's value is not within -32768 .. 32767");
    if (auto checked = check_text(name, kMaxStateNameBytes, "a state's name"); !checked) return checked.error();
  }
  return {};
}

core::Result<void> set_shape(SeriesDeclaration& declaration, std::uint32_t kind, std::int64_t decimals, double minimum,
                             double maximum) {
  if (kind > TELLTALE_KIND_EVENT) return invalid("the kind " + std::to_string(kind) + " is unknown");
  if (decimals < -1 || decimals > 9) return invalid("decimals are not within -1 .. 9");
  declaration.kind = static_cast<SeriesKind>(kind);
  if (decimals >= 0) declaration.hint.decimals = static_cast<int>(decimals);
  if (minimum < maximum && std::isfinite(minimum) && std::isfinite(maximum)) {
    declaration.hint.range = std::pair(minimum, maximum);
  }
  return {};
}

bool is_sane(telltale_str text) { return text.size == 0 || (text.data != nullptr && text.size <= 65'535); }

class Encoder {
 public:
  template <class Number>
  void number(Number value) {
    static_assert(std::is_arithmetic_v<Number>);
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint16_t>(value.size()));
    out_.append(value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads from a private copy; once something is missing everything is, and ok() says so.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}
  template <class Number>
  Number number() {
    Number value{};
    if (rest_.size() < sizeof value) {
      ok_ = false;
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const auto size = number<std::uint16_t>();
    if (!ok_ || rest_.size() < size) {
      ok_ = false;
      return {};
    }
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

core::Result<SeriesDeclaration> copy_declaration(const telltale_series& series) {
  if (!is_sane(series.name) || !is_sane(series.unit) || !is_sane(series.title)) {
    return invalid("a text of the series has a size but no data, or is far too long");
  }
  if (series.label_count > core::kMaxLabels) return invalid("a series has at most 16 labels");
  if (series.state_count > core::kMaxStates) return invalid("a state has at most 64 names");
  if ((series.label_count > 0 && series.labels == nullptr) || (series.state_count > 0 && series.states == nullptr)) {
    return invalid("a count of labels or states, but none are there");
  }
  core::Labels labels;
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    const telltale_label& label = series.labels[i];
    if (!is_sane(label.name) || !is_sane(label.value)) return invalid("a label has a size but no text");
    labels.emplace_back(to_view(label.name), to_view(label.value));
  }
  auto key = core::make_series_key(to_view(series.name), std::move(labels));
  if (!key) return key.error();
  SeriesDeclaration declaration;
  declaration.key = std::move(*key);
  declaration.unit = to_view(series.unit);
  declaration.hint.title = to_view(series.title);
  for (std::uint32_t i = 0; i < series.state_count; ++i) {
    const telltale_state_name& state = series.states[i];
    if (!is_sane(state.name)) return invalid("a state's name has a size but no text");
    declaration.states.emplace_back(state.value, to_view(state.name));
  }
  auto shaped = set_shape(declaration, series.kind, series.decimals, series.minimum, series.maximum);
  if (!shaped) return shaped.error();
  if (auto checked = check_rest(declaration); !checked) return checked.error();
  return declaration;
}

std::string encode_declaration(const SeriesDeclaration& declaration) {
  Encoder out;
  out.number(static_cast<std::uint8_t>(declaration.kind));
  out.number(static_cast<std::int8_t>(declaration.hint.decimals.value_or(-1)));
  out.number(static_cast<std::uint16_t>(declaration.key.labels.size()));
  out.number(static_cast<std::uint16_t>(declaration.states.size()));
  out.number(std::uint16_t{0});
  const auto [minimum, maximum] = declaration.hint.range.value_or(std::pair(0.0, 0.0));
  out.number(minimum);
  out.number(maximum);
  out.text(declaration.key.name);
  out.text(declaration.unit);
  out.text(declaration.hint.title);
  for (const auto& [name, value] : declaration.key.labels) {
    out.text(name);
    out.text(value);
  }
  for (const auto& [value, name] : declaration.states) {
    out.number(value);
    out.text(name);
  }
  return out.take();
}

core::Result<SeriesDeclaration> decode_declaration(std::string_view bytes) {
  Decoder in(bytes);
  const auto kind = in.number<std::uint8_t>();
  const auto decimals = in.number<std::int8_t>();
  const auto label_count = in.number<std::uint16_t>();
  const auto state_count = in.number<std::uint16_t>();
  in.number<std::uint16_t>();
  const auto minimum = in.number<double>();
  const auto maximum = in.number<double>();
  if (!in.ok() || label_count > core::kMaxLabels || state_count > core::kMaxStates) return invalid("damaged counts");
  SeriesDeclaration declaration;
  const std::string name = in.text();
  declaration.unit = in.text();
  declaration.hint.title = in.text();
  core::Labels labels;
  for (std::uint16_t i = 0; i < label_count; ++i) {
    std::string label = in.text();
    labels.emplace_back(std::move(label), in.text());
  }
  for (std::uint16_t i = 0; i < state_count; ++i) {
    const auto value = in.number<std::int64_t>();
    declaration.states.emplace_back(value, in.text());
  }
  if (!in.at_end()) return invalid("damaged: its length does not fit");
  auto key = core::make_series_key(name, std::move(labels));
  if (!key) return key.error();
  declaration.key = std::move(*key);
  if (auto shaped = set_shape(declaration, kind, decimals, minimum, maximum); !shaped) return shaped.error();
  if (auto checked = check_rest(declaration); !checked) return checked.error();
  return declaration;
}

}  // namespace telltale::host
