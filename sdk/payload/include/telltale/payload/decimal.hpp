// Text to double, the way every payload does it: exact, without locale, without "inf", "nan" or hexadecimal.
#pragma once

#include <cstdint>
#include <string_view>

namespace telltale::payload {

enum class DecimalFault : std::uint8_t { kNone, kMalformed, kOutOfRange };

// The whole of `text` as [+-] digits [. digits] [e [+-] digits], rounded to the nearest double; too small becomes 0.
// `value` is written only when the answer is kNone, and is finite then. [any]
[[nodiscard]] DecimalFault parse_decimal(std::string_view text, double& value) noexcept;

// How many characters at the start of `text` belong to a decimal; 0: none. [any]
[[nodiscard]] std::size_t decimal_prefix(std::string_view text) noexcept;

}  // namespace telltale::payload
