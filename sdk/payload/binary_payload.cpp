#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include <telltale/payload/binary_payload.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::payload {
namespace {

constexpr std::size_t kMaxTextBytes = 4'096;

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of `bytes` that is the `place`th from the most significant.
std::size_t index_of(BinaryOrder order, std::size_t place, std::size_t size) noexcept {
  switch (order) {
    case BinaryOrder::kLittle:
      return size - 1 - place;
    case BinaryOrder::kWordSwap:  // words backwards, bytes of a word as they are
      return (size - 2 - place / 2 * 2) + place % 2;
    case BinaryOrder::kByteSwap:
      return place ^ 1U;
    default:
      return place;
  }
}

std::uint64_t raw_of(const BinaryField& field, std::string_view bytes) noexcept {
  std::uint64_t raw = 0;
  for (std::size_t i = 0; i < field.size; ++i) {
    raw = raw << 8U | static_cast<unsigned char>(bytes[index_of(field.order, i, field.size)]);
  }
  return raw;
}

double half(std::uint32_t bits) noexcept {
  const int exponent = static_cast<int>(bits >> 10U & 0x1fU);
  const double fraction = bits & 0x3ffU;
  double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  if (exponent == 31) value = fraction == 0 ? HUGE_VAL : std::nan("");
  return (bits & 0x8000U) != 0 ? -value : value;
}

double floating(std::uint64_t raw, std::size_t size) noexcept {
  if (size == 8) return std::bit_cast<double>(raw);
  if (size == 4) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(raw)));
  return half(static_cast<std::uint32_t>(raw));
}

std::optional<double> decimal_digits(std::uint64_t raw, std::size_t size) noexcept {
  double value = 0;
  for (std::size_t i = size * 2; i-- > 0;) {
    const std::uint64_t digit = raw >> (i * 4) & 0xfU;
    if (digit > 9) return std::nullopt;
    value = value * 10 + static_cast<double>(digit);
  }
  return value;
}

double integer(const BinaryField& field, std::uint64_t raw) noexcept {
  unsigned width = static_cast<unsigned>(field.size * 8);
  if (field.bits) {
    width = field.bits->second - field.bits->first + 1;
    raw >>= field.bits->first;
  }
  if (width < 64) raw &= (std::uint64_t{1} << width) - 1;
  if (field.type != BinaryType::kSigned) return static_cast<double>(raw);
  if (width < 64 && (raw >> (width - 1) & 1U) != 0) raw |= ~std::uint64_t{0} << width;
  return static_cast<double>(static_cast<std::int64_t>(raw));
}

// The first byte of the field in a message; nothing when the message does not reach.
std::optional<std::size_t> place_of(const BinaryField& field, std::size_t message) noexcept {
  if (field.at >= 0) {
    const auto at = static_cast<std::size_t>(field.at);
    if (at > message || message - at < field.size) return std::nullopt;
    return at;
  }
  const auto back = static_cast<std::size_t>(-field.at);
  if (back > message || back < field.size) return std::nullopt;
  return message - back;
}

}  // namespace

bool parse_binary_type(std::string_view word, BinaryType& type, std::size_t& size) noexcept {
  struct Kind {
    std::string_view prefix;
    BinaryType type;
    std::size_t unit;  // the number counts these bits
  };
  constexpr std::array<Kind, 5> kKinds{{{"uint", BinaryType::kUnsigned, 8},
                                        {"int", BinaryType::kSigned, 8},
                                        {"float", BinaryType::kFloat, 8},
                                        {"bcd", BinaryType::kBcd, 1},
                                        {"text", BinaryType::kText, 1}}};
  for (const Kind& kind : kKinds) {
    if (!word.starts_with(kind.prefix)) continue;
    const std::string_view digits = word.substr(kind.prefix.size());
    std::size_t number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || number % kind.unit != 0)
      return false;
    const std::size_t bytes = number / kind.unit;
    const std::size_t most = kind.type == BinaryType::kText ? kMaxTextBytes : 8;
    if (bytes == 0 || bytes > most) return false;
    if (kind.type == BinaryType::kFloat && bytes != 2 && bytes != 4 && bytes != 8) return false;
    type = kind.type;
    size = bytes;
    return true;
  }
  return false;
}

std::optional<BinaryOrder> binary_order_from(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 4> kOrders{"big", "little", "word_swap", "byte_swap"};
  const auto found = std::find(kOrders.begin(), kOrders.end(), word);
  if (found == kOrders.end()) return std::nullopt;
  return static_cast<BinaryOrder>(found - kOrders.begin());
}

std::string problem_of(const BinaryField& field) {
  if ((field.order == BinaryOrder::kWordSwap || field.order == BinaryOrder::kByteSwap) && field.size % 2 != 0) {
    return "an order by words needs an even number of bytes";
  }
  if (field.at < 0 && static_cast<std::size_t>(-field.at) < field.size)
    return "it reaches beyond the end of the message";
  if (!field.bits) return {};
  if (field.type != BinaryType::kUnsigned && field.type != BinaryType::kSigned) return "only an integer has bits";
  if (field.bits->first > field.bits->second || field.bits->second >= field.size * 8) {
    return "its bits are not those of " + std::to_string(field.size) + " bytes";
  }
  return {};
}

bool parse_hex(std::string_view text, std::string& bytes) {
  bytes.clear();
  while (!text.empty()) {
    const char c = text.front();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ':' || c == '-' || c == ',') {
      text.remove_prefix(1);
      continue;
    }
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    if (text.size() < 2 || digit_of(text[0]) < 0 || digit_of(text[1]) < 0) return false;
    bytes.push_back(static_cast<char>(digit_of(text[0]) * 16 + digit_of(text[1])));
    text.remove_prefix(2);
  }
  return true;
}

std::optional<double> number_in(const BinaryField& field, std::string_view bytes) noexcept {
  const std::uint64_t raw = raw_of(field, bytes);
  std::optional<double> value;
  switch (field.type) {
    case BinaryType::kFloat:
      value = floating(raw, field.size);
      break;
    case BinaryType::kBcd:
      value = decimal_digits(raw, field.size);
      break;
    default:
      value = integer(field, raw);
  }
  if (!value) return std::nullopt;
  const double scaled = *value * field.scale + field.offset;
  return std::isfinite(scaled) ? std::optional<double>(scaled) : std::nullopt;
}

BinaryDecoder::BinaryDecoder(BinaryOptions options) : options_(std::move(options)) {
  for (const BinaryField& field : options_.fields) {
    const std::size_t reach =
        field.at < 0 ? static_cast<std::size_t>(-field.at) : static_cast<std::size_t>(field.at) + field.size;
    needed_ = std::max(needed_, reach);
  }
}

void BinaryDecoder::decode(std::string_view payload, Receiver& receiver) {
  if (payload.size() > kMaxPayloadBytes) return receiver.refused("too_large", {});
  if (options_.hex) {
    if (!parse_hex(payload, bytes_)) return receiver.refused("not_hex", {});
    payload = bytes_;
  }
  if (payload.empty()) return receiver.refused("empty", {});
  const auto bytes = [&] { return std::to_string(payload.size()) + " bytes"; };
  if (options_.size != 0 && payload.size() != options_.size) return receiver.refused("wrong_size", bytes());
  if (payload.size() < needed_) return receiver.refused("too_short", bytes());
  items_.clear();
  for (const BinaryField& field : options_.fields) {
    const auto place = place_of(field, payload.size());
    if (!place) return receiver.refused("too_short", bytes());
    const std::string_view part = payload.substr(*place, field.size);
    Item item;
    item.name = field.name;
    item.unit = field.unit;
    if (field.type == BinaryType::kText) {
      const std::string_view text = part.substr(0, part.find('\0'));
      if (!is_utf8(text)) return receiver.refused("not_utf8", field.name);
      item.type = ItemType::kText;
      item.text = text.substr(0, text.find_last_not_of(' ') + 1);
    } else if (const auto number = number_in(field, part)) {
      item.number = *number;
    } else {
      item.type = ItemType::kNull;
    }
    items_.push_back(item);
  }
  receiver.record({items_});
}

}  // namespace telltale::payload
