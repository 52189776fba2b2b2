// Text from outside made safe to show in one line: of a log, a message or JSON. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace telltale::core {

// Control characters, bytes that are no UTF-8, and characters that reorder or break a line (U+2028, U+2029,
// U+202A..U+202E, U+2066..U+2069) as \n, \x1b, \xff, \u202e; the rest as it is. A backslash stays itself.
[[nodiscard]] std::string escape_line(std::string_view text);

// A quoted JSON string (RFC 8259); bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace telltale::core
