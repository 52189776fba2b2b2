// Base64 of RFC 4648, section 4, and nothing that only looks like it. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace telltale::core {

[[nodiscard]] std::string to_base64(std::string_view bytes);
// Nothing: it is not the one text that to_base64() makes of some bytes.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace telltale::core
