// Who sent a request, and what the access rules are asked about it. Net thread.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/net/access.h"

namespace telltale::net {

inline constexpr std::string_view kSessionCookie = "telltale_session";

struct Shown {
  std::optional<core::Identity> identity;  // of a session or a token that holds
  bool by_cookie = false;
  bool bad_token = false;
};

// `Authorization: Bearer TOKEN`, `Authorization: Token TOKEN` (as clients of InfluxDB send it), or the session's
// cookie. `accounts` may be null.
[[nodiscard]] Shown identify(const Request& head, core::Accounts* accounts);
// The value of the session's cookie, or nothing.
[[nodiscard]] std::string_view session_of(const Request& head);
// `shown` must live as long as the question.
[[nodiscard]] AccessQuestion question_of(const Request& head, const Shown& shown, Need need);

}  // namespace telltale::net
