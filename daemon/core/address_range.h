// IP addresses and ranges of them: `192.0.2.7`, `10.0.0.0/8`, `fd00::/8`. Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace telltale::core {

class AddressRange {
 public:
  // Nothing for what is neither an address nor one with a prefix length, and for a prefix with bits set behind it.
  [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);
  // `address` without brackets, port or zone; an IPv4 address mapped into IPv6 counts as the IPv4 one.
  [[nodiscard]] bool contains(std::string_view address) const;
  friend bool operator==(const AddressRange&, const AddressRange&) = default;

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
  [[nodiscard]] static std::optional<Bytes> bytes_of(std::string_view address, bool& four);

  Bytes bytes_{};
  unsigned prefix_ = 128;
};

[[nodiscard]] bool is_ip_address(std::string_view text);

}  // namespace telltale::core
