#include "daemon/net/cors.h"

#include <algorithm>

namespace telltale::net {

bool is_listed(std::string_view origin, const std::vector<std::string>& listed) {
  return std::find(listed.begin(), listed.end(), origin) != listed.end();
}

void share_with(Response& response, std::string_view origin) {
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Content-Range, Retry-After, WWW-Authenticate");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  response.headers.emplace_back("Vary", "Origin");
}

bool is_preflight(const Request& head) {
  return head.method == Method::kOptions && head.count("access-control-request-method") == 1;
}

Response preflight(const std::string& methods) {
  Response response = empty_response(204);
  response.headers.emplace_back("Access-Control-Allow-Methods", methods);
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Last-Event-ID, Range");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace telltale::net
