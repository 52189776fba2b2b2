// Which path does what, and what it needs. What is not in the table does not exist.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/net/access.h"
#include "daemon/net/handlers.h"

namespace telltale::net {

struct Route {
  std::string_view path;  // `*` stands for one segment
  Method method = Method::kGet;
  Need need = Need::kAdmin;
  Handler handler = nullptr;
  std::size_t HttpLimits::*body = &HttpLimits::body_bytes;  // how large its body may be
};

[[nodiscard]] std::span<const Route> route_table();
[[nodiscard]] bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace telltale::net
