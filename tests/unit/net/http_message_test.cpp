#include "daemon/net/http_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/net/https_redirect.h"

namespace telltale::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HeaderText, LeavesOutWhatWouldBreakIt) {
  for (const char* value : {"a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil", "X-Evil\x7f", "X-Evil\x01"}) {
    Response response = json_response("{}");
    response.headers.emplace_back("X-Told", value);
    response.headers.emplace_back("X-Good", "yes");
    const std::string text = header_text(response, {});
    EXPECT_THAT(text, Not(HasSubstr("X-Evil"))) << value;
    EXPECT_THAT(text, HasSubstr("X-Good: yes\r\n"));
  }
  Response response = json_response("{}");
  response.headers.emplace_back("X-Evil\r\nX-Evil", "1");
  EXPECT_THAT(header_text(response, {}), Not(HasSubstr("X-Evil")));
}

TEST(HeaderText, TellsToStayUnderHttpsOnlyWhenAsked) {
  EXPECT_THAT(header_text(json_response("{}"), {}), Not(HasSubstr("Strict-Transport-Security")));
  EXPECT_THAT(header_text(json_response("{}"), {true, false, true}),
              HasSubstr("Strict-Transport-Security: max-age=15768000\r\n"));
}

std::string location(const std::string& host, const std::string& target, std::uint16_t port) {
  Request request;
  request.headers = {{"host", host}};
  const Response response = https_redirect(request, target, port, {"press-7"});
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return std::to_string(response.status);
}

TEST(HttpsRedirect, GoesToThisDeviceAlone) {
  struct Case {
    const char* host;
    const char* target;
    std::uint16_t port;
    const char* location;
  };
  constexpr Case kCases[] = {
      {"press-7:8080", "/d/a%20b?c=1", 0, "https://press-7:8080/d/a%20b?c=1"},
      {"press-7", "/", 8443, "https://press-7:8443/"},
      {"press-7:80", "/", 8443, "https://press-7:8443/"},
      {"press-7:80", "/", 443, "https://press-7/"},
      {"[fe80::1]:80", "/", 8443, "https://[fe80::1]:8443/"},
      {"[fe80::1]", "/", 443, "https://[fe80::1]/"},
      {"192.0.2.7", "//evil.example/", 8443, "https://192.0.2.7:8443//evil.example/"},
      {"192.0.2.7", "http://evil.example/", 8443, "https://192.0.2.7:8443/"},
      {"192.0.2.7", "*", 8443, "https://192.0.2.7:8443/"},
      {"evil.example", "/", 0, "421"},
      {"press-7@evil.example", "/", 0, "421"},
      {"press-7/evil", "/", 0, "421"},
      {"", "/", 0, "421"},
  };
  for (const Case& one : kCases) {
    EXPECT_EQ(location(one.host, one.target, one.port), one.location) << one.host << " " << one.target;
  }
}

}  // namespace
}  // namespace telltale::net
