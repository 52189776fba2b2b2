// Texts: what the ABI calls clean, and what is fit to be shown. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <telltale/abi.h>

namespace telltale::validator {

[[nodiscard]] bool is_utf8(std::string_view text);
// Valid UTF-8 without control characters (C0, DEL, C1).
[[nodiscard]] bool is_clean(std::string_view text);
// Whether the pointer and the length can be a text of at most `limit` bytes at all.
[[nodiscard]] bool is_sane(telltale_str text, std::size_t limit);
// `[a-z][a-z0-9_]*`, and what `more` allows besides.
[[nodiscard]] bool is_word(std::string_view text, std::string_view more = {});
// One line, printable, at most `limit` bytes: what is not comes as `\x1b` or is cut.
[[nodiscard]] std::string shown(std::string_view text, std::size_t limit = 160);
[[nodiscard]] std::string shown(telltale_str text);
// The name of a result code, or its number.
[[nodiscard]] std::string result_text(telltale_result result);

}  // namespace telltale::validator
