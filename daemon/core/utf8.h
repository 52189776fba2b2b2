// UTF-8, strictly (RFC 3629): the one decoder that names, patterns, logs and carets share. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace telltale::core {

// Takes the first character off `rest`; nothing, and `rest` unchanged, when it is empty or does not begin with
// a well-formed one (no overlong forms, surrogates or values above U+10FFFF).
[[nodiscard]] std::optional<char32_t> take_utf8(std::string_view& rest);

// Characters of `text`; a byte that belongs to none counts as one.
[[nodiscard]] std::size_t count_utf8(std::string_view text);

// The longest beginning of `text` of at most `bytes` bytes that does not cut a character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t bytes);

// C0, DEL and C1.
[[nodiscard]] constexpr bool is_control(char32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

}  // namespace telltale::core
