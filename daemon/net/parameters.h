// Parameters of a request, checked: a mistake is named with what would be right. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/selector.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

// Refuses parameters that the route does not know, naming the nearest.
[[nodiscard]] core::Result<void> only_parameters(const Target& target, std::initializer_list<std::string_view> known);

// All `series` and `match` parameters; `fallback` when there is none. At most 256.
[[nodiscard]] core::Result<std::vector<core::Selector>> selectors_of(const Target& target, std::string_view fallback);

// `1`, `true`, `yes` or just the name; `0`, `false`, `no` or nothing.
[[nodiscard]] core::Result<bool> flag_of(const Target& target, std::string_view name);

[[nodiscard]] core::Error bad_parameter(std::string_view name, std::string_view what);

}  // namespace telltale::net
