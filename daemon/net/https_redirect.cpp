#include "daemon/net/https_redirect.h"

#include "daemon/net/access.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

constexpr std::uint16_t kHttpsPort = 443;

// Host without its port; `[::1]` keeps its brackets.
std::string_view host_of(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return authority.substr(0, colon);
}

}  // namespace

Response https_redirect(const Request& head, std::string_view target, std::uint16_t port,
                        const std::vector<std::string>& names) {
  const std::string_view host = head.header("host");
  if (head.count("host") != 1) return problem(400, "the request must have one Host field");
  if (!is_own_host(host, names)) return problem(421, "this device does not go by that name, and speaks HTTPS here");
  std::string place = "https://" + std::string(port == 0 ? host : host_of(host));
  if (port != 0 && port != kHttpsPort) place += ":" + std::to_string(port);
  if ((head.method != Method::kGet && head.method != Method::kHead) || head.upgrade) {
    return problem(403, "this device takes that under HTTPS alone: " + place);
  }
  Response response = problem(308, "this device speaks HTTPS: " + place);
  response.headers.emplace_back("Location", place + (target.starts_with('/') ? std::string(target) : "/"));
  return response;
}

}  // namespace telltale::net
