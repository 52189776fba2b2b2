// Text without its secrets, for who sends it to somebody else, and for the log that the page shows: values of keys that
// name a secret (password, token, …), user and password of URLs, credentials of HTTP, Telltale's own tokens and setup
// codes, private keys in PEM. By line and by form, not by schema: comments, logs and plugins' own options are scrubbed
// too. Leaves `!secret NAME` and `$ENV{NAME}` as they are. Pure.
#pragma once

#include <string>
#include <string_view>

namespace telltale::core {

inline constexpr std::string_view kScrubbed = "(left out)";

[[nodiscard]] std::string scrub(std::string_view text);

}  // namespace telltale::core
