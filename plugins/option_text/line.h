// Texts of the options table, as they go into requests, topics and names of files. The host hands over whatever the
// file says, and a library that takes the text as a C string would cut it at a zero byte. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <telltale/cpp/options.hpp>

namespace telltale::option_text {

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// One line of UTF-8 without control characters, of at most `most` bytes; empty when it is not given. Throws
// ConfigError, which names the option and says nothing of its text: it may be a secret.
[[nodiscard]] std::string line_of(const Options& options, std::string_view key, std::size_t most = 1'024);
// The same of a text from elsewhere.
[[nodiscard]] std::string checked_line(std::string_view key, std::string_view text, std::size_t most = 1'024);

}  // namespace telltale::option_text
