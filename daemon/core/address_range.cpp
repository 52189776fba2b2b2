#include "daemon/core/address_range.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <arpa/inet.h>

namespace telltale::core {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kLongest = 45;  // INET6_ADDRSTRLEN without its end

bool same_bits(const std::array<std::uint8_t, 16>& one, const std::array<std::uint8_t, 16>& other, unsigned bits) {
  const unsigned whole = bits / 8;
  if (!std::equal(one.begin(), one.begin() + whole, other.begin())) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (one[whole] >> (8 - rest)) == (other[whole] >> (8 - rest));
}

}  // namespace

std::optional<AddressRange::Bytes> AddressRange::bytes_of(std::string_view address, bool& four) {
  if (address.empty() || address.size() > kLongest || address.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string text(address);
  Bytes bytes{};
  four = inet_pton(AF_INET, text.c_str(), bytes.data() + kMapped.size()) == 1;
  if (four) {
    std::copy(kMapped.begin(), kMapped.end(), bytes.begin());
    return bytes;
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  bool four = false;
  const auto bytes = bytes_of(text.substr(0, slash), four);
  if (!bytes) return std::nullopt;
  AddressRange range;
  range.bytes_ = *bytes;
  if (slash == std::string_view::npos) return range;
  const std::string_view length = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, failure] = std::from_chars(length.data(), length.data() + length.size(), prefix);
  if (failure != std::errc{} || end != length.data() + length.size() || prefix > (four ? 32U : 128U)) {
    return std::nullopt;
  }
  range.prefix_ = prefix + (four ? 96 : 0);
  Bytes cut{};
  for (unsigned bit = 0; bit < range.prefix_; ++bit) {
    cut[bit / 8] = static_cast<std::uint8_t>(cut[bit / 8] | (range.bytes_[bit / 8] & (0x80U >> (bit % 8))));
  }
  if (cut != range.bytes_) return std::nullopt;
  return range;
}

bool AddressRange::contains(std::string_view address) const {
  bool four = false;
  const auto bytes = bytes_of(address, four);
  return bytes && same_bits(*bytes, bytes_, prefix_);
}

bool is_ip_address(std::string_view text) {
  return text.find('/') == std::string_view::npos && AddressRange::parse(text);
}

}  // namespace telltale::core
