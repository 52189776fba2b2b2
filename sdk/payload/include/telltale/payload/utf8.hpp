// Whether text may be shown and stored as text.
#pragma once

#include <string_view>

namespace telltale::payload {

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF. [any]
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace telltale::payload
