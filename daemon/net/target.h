// The target of a request taken apart: path and parameters, percent-decoded, strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::net {

struct Target {
  std::string path;                                             // begins with '/'
  std::vector<std::pair<std::string, std::string>> parameters;  // in their order; a name may repeat

  // The first of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

// Origin form ("/path?query"), RFC 9112 3.2.1, and absolute form, whose authority is left to the Host field. Refuses
// broken escapes, control characters, a path that climbs ("..") and more than 1,024 parameters.
[[nodiscard]] core::Result<Target> parse_target(std::string_view text);

}  // namespace telltale::net
