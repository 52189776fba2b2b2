#include "daemon/net/place.h"

#include <algorithm>

#include <fmt/format.h>

namespace telltale::net {

std::vector<std::string> urls_of(const Place& place, const std::vector<std::string>& host_names,
                                 const std::vector<std::string>& addresses) {
  std::vector<std::string> urls;
  if (place.port == 0) return urls;
  const std::string scheme = place.tls ? "https" : "http";
  const std::string port = place.port == (place.tls ? 443 : 80) ? "" : fmt::format(":{}", place.port);
  const auto add = [&](const std::string& host) {
    const bool six = host.find(':') != std::string::npos;
    std::string url =
        fmt::format("{}://{}{}{}{}{}/", scheme, six ? "[" : "", host, six ? "]" : "", port, place.base_path);
    if (std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(std::move(url));
  };
  const bool any_four = place.address == "0.0.0.0";
  const bool any = place.address == "::";
  if (!any && !any_four) {
    add(place.address);
    return urls;
  }
  // Those that a phone finds without a name server come first.
  for (const std::string& name : host_names) {
    if (name.ends_with(".local") && name != "localhost.local") add(name);
  }
  for (const std::string& address : addresses) {
    if (any || address.find(':') == std::string::npos) add(address);
  }
  if (urls.empty()) add("127.0.0.1");
  return urls;
}

}  // namespace telltale::net
