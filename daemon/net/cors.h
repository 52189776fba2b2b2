// Pages of other sites that may use the API: those that `server.cors` lists, with a token or what everybody may do,
// never with the cookie of a login. The fetch standard's protocol. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/http_message.h"

namespace telltale::net {

// Whether `origin`, as a browser sends it, is one of `listed`: "https://grafana.plant.example", lower case.
[[nodiscard]] bool is_listed(std::string_view origin, const std::vector<std::string>& listed);

// Lets the page of `origin` see the answer.
void share_with(Response& response, std::string_view origin);

// The answer to a browser that asks whether it may send `asked`; `methods` are those of the path.
[[nodiscard]] Response preflight(const std::string& methods);
// Whether it is such a question: it carries no login and no token, by the protocol.
[[nodiscard]] bool is_preflight(const Request& head);

}  // namespace telltale::net
