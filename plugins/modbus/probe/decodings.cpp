#include "plugins/modbus/probe/decodings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "plugins/modbus/codec/value.h"

namespace telltale::modbus {
namespace {

std::vector<std::uint8_t> bytes_of(std::span<const std::uint16_t> registers) {
  std::vector<std::uint8_t> bytes;
  for (const std::uint16_t word : registers) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(word & 0xffU));
  }
  return bytes;
}

std::string number_text(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.7g", value);
  return text.data();
}

// A float of a measured value is between a millionth and a hundred million; one of other bits seldom is. One with few
// digits is likelier still.
int float_likelihood(double value) {
  if (value == 0) return 20;
  const double size = std::abs(value);
  if (size < 1e-6 || size > 1e8) return 2;
  const double tenths = value * 10;
  const bool is_short = std::abs(tenths - std::nearbyint(tenths)) < 1e-3 * std::max(1.0, std::abs(value) * 1e-3);
  return (size > 1e-3 && size < 1e6 ? 80 : 45) + (is_short ? 10 : 0);
}

int whole_likelihood(double value, std::size_t bytes, bool is_signed) {
  const double size = std::abs(value);
  if (bytes == 2) return is_signed ? (value < 0 && value > -1'000 ? 60 : 40) : (size < 10'000 ? 55 : 35);
  if (value == 0) return 15;
  if (size < 1e7) return size < 65'536 ? 50 : 55;  // small ones look the same as 16 bits
  return 10;
}

void add(std::vector<Decoding>& found, std::string_view type, std::string_view order,
         std::span<const std::uint8_t> bytes) {
  Layout layout;
  layout.type = *parse_type(type);
  layout.order = *ByteOrder::parse(order);
  const std::size_t size = size_of(layout.type);
  if (bytes.size() < size) return;
  const Value value = decode(layout, bytes.first(size));
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr) return;
  const bool is_float = type.starts_with("float");
  int likelihood = is_float ? float_likelihood(*number) : whole_likelihood(*number, size, type.front() == 'i');
  if (order != "big") likelihood -= order == "word_swap" ? 5 : 20;
  if (size == 8) likelihood -= 5;
  found.push_back(
      {std::string(type), order == "big" ? "" : std::string(order), number_text(*number), std::max(likelihood, 0)});
}

std::string text_of(std::span<const std::uint16_t> registers) {
  std::string text;
  for (const std::uint8_t byte : bytes_of(registers))
    text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
  return text;
}

}  // namespace

std::vector<Decoding> decodings_of(std::span<const std::uint16_t> registers) {
  std::vector<Decoding> found;
  const std::vector<std::uint8_t> bytes = bytes_of(registers.first(std::min<std::size_t>(registers.size(), 4)));
  constexpr std::array<std::string_view, 4> kOrders{"big", "word_swap", "byte_swap", "little"};
  add(found, "uint16", "big", bytes);
  if ((registers[0] & 0x8000U) != 0) add(found, "int16", "big", bytes);
  for (const std::string_view order : kOrders) {
    for (const std::string_view type : {"float32", "uint32", "int32", "float64", "uint64"}) {
      if (type == "int32" && bytes.size() >= 4 && ((bytes[0] | bytes[2]) & 0x80U) == 0) continue;  // as uint32
      add(found, type, order, bytes);
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Decoding& a, const Decoding& b) { return a.likelihood > b.likelihood; });
  return found;
}

std::string side_by_side(std::uint16_t first, std::span<const std::uint16_t> registers) {
  std::string table = "address    hex  uint16   int16  what may begin here\n";
  for (std::size_t i = 0; i < registers.size(); ++i) {
    std::array<char, 64> head{};
    std::snprintf(head.data(), head.size(), "%7u  %04x  %6u  %6d  ", static_cast<unsigned>(first + i), registers[i],
                  registers[i], static_cast<std::int16_t>(registers[i]));
    table += head.data();
    int shown = 0;
    for (const Decoding& decoding : decodings_of(registers.subspan(i))) {
      if (decoding.type.ends_with("16") || decoding.likelihood < 30 || ++shown > 4) continue;
      table += decoding.type + (decoding.order.empty() ? "" : " " + decoding.order) + " " + decoding.shown + "; ";
    }
    table += "\"" + text_of(registers.subspan(i, std::min<std::size_t>(registers.size() - i, 4))) + "\"\n";
  }
  return table;
}

std::string yaml_points(Table table, std::uint16_t first, std::span<const std::uint16_t> registers) {
  const std::string word(to_word(table));
  std::string yaml;
  for (std::size_t i = 0; i < registers.size();) {
    const Decoding best = decodings_of(registers.subspan(i)).front();
    Layout layout;
    layout.type = *parse_type(best.type);
    const std::string address = std::to_string(first + i);
    const bool is_empty = layout.count() == 1 && registers[i] == 0;
    if (!is_empty) {
      yaml += "      - {name: " + word + address + ", " + word + ": " + address + ", type: " + best.type;
      yaml += (best.order.empty() ? "" : ", order: " + best.order) + "}  # " + best.shown + "\n";
    }
    i += layout.count();
  }
  return yaml;
}

}  // namespace telltale::modbus
