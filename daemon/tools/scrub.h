// Text without its secrets, for who sends it to somebody else: values of keys that name a secret (password, token, …),
// user and password of URLs, credentials of HTTP, Telltale's own tokens and setup codes, private keys in PEM. By line
// and by form, not by schema: comments, logs and plugins' own options are scrubbed too. Leaves `!secret NAME` and
// `$ENV{NAME}` as they are. Pure.
#pragma once

#include <string>
#include <string_view>

namespace telltale::tools {

inline constexpr std::string_view kScrubbed = "(left out)";

[[nodiscard]] std::string scrub(std::string_view text);

}  // namespace telltale::tools
