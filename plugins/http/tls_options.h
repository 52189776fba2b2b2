// The options of an encrypted connection, as every sink that speaks HTTP has them.
#pragma once

#include <telltale/cpp/options.hpp>

#include "plugins/http/post.h"

namespace telltale::http {

inline constexpr telltale_option kTlsTable[] = {
    Option::path("ca", "Certificates that sign the server's, PEM; without it, the system's."),
    Option::boolean("verify", "Off: the server may be anybody. For a trial only.").by_default("true"),
};

inline void take_tls(const Options& tls, PostSettings& settings) {
  settings.ca = tls.text("ca");
  settings.verify = tls.flag("verify");
}

}  // namespace telltale::http
