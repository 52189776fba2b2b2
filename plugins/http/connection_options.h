// The options of a connection, as every sink that speaks HTTP has them: rows for its table, and what is made of them.
#pragma once

#include <string>
#include <string_view>

#include <telltale/cpp/options.hpp>

#include "plugins/http/post.h"

namespace telltale::http {

inline constexpr telltale_option kTlsTable[] = {
    Option::path("ca", "Certificates that sign the server's, PEM; without it, the system's."),
    Option::boolean("verify", "Off: the server may be anybody. For a trial only.").by_default("true"),
};
inline constexpr Option kTimeoutOption =
    Option::duration("timeout", "How long one request may take.").by_default("10s").range(1e9, 2.5e10);
inline constexpr Option kTlsOption = Option::section("tls", "Of https.", kTlsTable).by_default("{}");

// Takes `user`, `password`, `token` (which the server wants as `Authorization: SCHEME TOKEN`), `timeout` and `tls`.
// Throws ConfigError, which names the option.
void take_connection(const Options& options, std::string_view scheme, PostSettings& settings);

// The option `url`: http:// or https://, in the characters of RFC 3986. Throws ConfigError.
[[nodiscard]] std::string url_of(const Options& options);

}  // namespace telltale::http
