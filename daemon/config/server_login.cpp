#include "daemon/config/server_login.h"

#include <algorithm>
#include <cctype>

#include "daemon/config/section_reader.h"
#include "daemon/core/series.h"

namespace telltale::config {

bool is_server_place(std::string_view place) {
  return !place.empty() && place.size() < 256 && std::all_of(place.begin(), place.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

bool is_on_this_machine(std::string_view place) {
  const auto end = place.starts_with('[') ? place.find(']') + 1 : place.find(':');
  const std::string_view name = place.substr(0, end);
  return name == "localhost" || name == "[::1]" ||
         (name.starts_with("127.") && std::all_of(name.begin(), name.end(), [](char c) {
            return c == '.' || std::isdigit(static_cast<unsigned char>(c)) != 0;
          }));
}

void check_login(const core::ConfigNode& section, const std::string& user, const std::string& password, bool safe,
                 core::Diagnostics& diagnostics) {
  const core::ConfigNode* const given = section.find("password");
  if (given != nullptr && !given->secret) {
    diagnostics.error(given->mark, "a password is written '!secret NAME': it stands in a file of its own");
  }
  if (user.empty() && !password.empty()) diagnostics.error(mark_of(section, "password"), "'password' needs 'user'");
  if (!user.empty() && !safe) {
    diagnostics.error(mark_of(section, "user"), "a login without TLS is for a server on this machine alone");
  }
  if (!core::is_clean_text(user) || !core::is_clean_text(password)) {
    diagnostics.error(mark_of(section, "user"), "'user' and 'password' have no control characters");
  }
}

}  // namespace telltale::config
