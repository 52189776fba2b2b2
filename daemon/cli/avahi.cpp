#include "daemon/cli/avahi.h"

#include <boost/url/parse.hpp>
#include <fmt/format.h>

namespace telltale::cli {

namespace {

constexpr const char* kFile = R"(<?xml version="1.0" standalone="no"?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<!-- Written by `telltale avahi`; made anew at each start of the daemon. -->
<service-group>
  <name replace-wildcards="yes">Telltale on %h</name>
  <service>
    <type>{kind}</type>
    <port>{port}</port>
    <txt-record>path={path}</txt-record>
  </service>
  <service>
    <type>_telltale._tcp</type>
    <port>{port}</port>
    <txt-record>scheme={scheme}</txt-record>
    <txt-record>path={path}</txt-record>
    <txt-record>api={path}api/v1</txt-record>
  </service>
</service-group>
)";

// What of a path may stand in XML as it is; a base path has nothing else.
bool is_plain(std::string_view path) { return path.find_first_of("<>&\"'") == std::string_view::npos; }

}  // namespace

std::string avahi_service(const std::string& address) {
  const auto url = boost::urls::parse_uri(address);
  if (!url) return {};
  const std::string host = url->host_address();
  const std::string path(url->encoded_path());
  if (host.starts_with("127.") || host == "::1" || host == "localhost" || !is_plain(path)) return {};
  const bool secure = url->scheme() == "https";
  const unsigned port = url->has_port() ? url->port_number() : secure ? 443U : 80U;
  return fmt::format(fmt::runtime(kFile), fmt::arg("kind", secure ? "_https._tcp" : "_http._tcp"),
                     fmt::arg("port", port), fmt::arg("path", path.empty() ? "/" : path),
                     fmt::arg("scheme", secure ? "https" : "http"));
}

}  // namespace telltale::cli
