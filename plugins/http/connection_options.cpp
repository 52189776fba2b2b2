#include "plugins/http/connection_options.h"

#include <algorithm>

#include <telltale/cpp/errors.hpp>

#include "plugins/option_text/line.h"

namespace telltale::http {

namespace {

constexpr std::size_t kLongestUrl = 2'048;
constexpr std::size_t kLongestToken = 8'192;  // a JSON Web Token with many claims
constexpr std::size_t kLongestPath = 4'095;   // PATH_MAX, with its zero byte

}  // namespace

void take_connection(const Options& options, std::string_view scheme, PostSettings& settings) {
  const bool has_token = options.has("token");
  if (has_token && options.has("user")) throw ConfigError("give 'token' or 'user', not both");
  if (has_token) {
    const std::string token = option_text::line_of(options, "token", kLongestToken);
    if (token.empty()) throw ConfigError("token: it is empty");
    settings.headers.push_back("Authorization: " + std::string(scheme) + " " + token);
  }
  settings.user = option_text::line_of(options, "user");
  settings.password = option_text::line_of(options, "password");
  if (!settings.password.empty() && settings.user.empty()) throw ConfigError("'password' needs a 'user'");
  // RFC 7617, section 2: the first colon ends the name.
  if (settings.user.find(':') != std::string::npos) throw ConfigError("user: a name has no ':'");
  settings.timeout = options.duration("timeout");
  const Options tls = options.at("tls");
  settings.ca = option_text::checked_line("tls.ca", tls.text("ca"), kLongestPath);
  settings.verify = tls.flag("verify");
}

std::string url_of(const Options& options) {
  std::string url = option_text::line_of(options, "url", kLongestUrl);
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    throw ConfigError("'url' begins with http:// or https://");
  }
  const auto plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (!std::all_of(url.begin(), url.end(), plain))
    throw ConfigError("url: spaces and other special characters are %XX");
  const std::string_view rest = std::string_view(url).substr(url.find("//") + 2);
  if (rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos) {
    throw ConfigError("url: put user and password into 'user' and 'password'");
  }
  if (rest.find('#') != std::string_view::npos) throw ConfigError("url: a '#' has no place in it");
  return url;
}

}  // namespace telltale::http
