#include "daemon/net/identify.h"

#include <gtest/gtest.h>

namespace telltale::net {
namespace {

Request from(PeerKind kind, const std::string& address, std::vector<std::pair<std::string, std::string>> headers) {
  Request request;
  request.peer = {kind, address};
  request.headers = std::move(headers);
  return request;
}

TEST(SessionOf, IsTheCookieOfThatName) {
  const auto session = [](const char* cookie) {
    return std::string(session_of(from(PeerKind::kOther, "192.0.2.9", {{"cookie", cookie}})));
  };
  EXPECT_EQ(session("telltale_session=abc"), "abc");
  EXPECT_EQ(session("a=b; telltale_session=abc ; c=d"), "abc");
  EXPECT_EQ(session("telltale_session2=abc"), "");
  EXPECT_EQ(session("xtelltale_session=abc"), "");
  EXPECT_EQ(session(";;=;telltale_session"), "");
}

}  // namespace
}  // namespace telltale::net
