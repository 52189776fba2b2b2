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

TEST(TruePeer, OfAForwardedRequestIsNeverLocal) {
  struct Case {
    const char* name;
    const char* value;
    const char* address;
  };
  constexpr Case kCases[] = {
      {"x-forwarded-for", "192.0.2.7", "192.0.2.7"},
      {"x-forwarded-for", "127.0.0.1", "127.0.0.1"},  // forged, and still from the network
      {"x-forwarded-for", "127.0.0.1, 192.0.2.7", "192.0.2.7"},
      {"x-forwarded-for", "192.0.2.7 , 2001:db8::1 ", "2001:db8::1"},
      {"x-forwarded-for", "a\nb", "127.0.0.1"},
      {"forwarded", "for=192.0.2.7", "127.0.0.1"},
      {"x-real-ip", "192.0.2.7", "127.0.0.1"},
  };
  for (const Case& one : kCases) {
    const Peer peer = true_peer(from(PeerKind::kLoopback, "127.0.0.1", {{one.name, one.value}}));
    EXPECT_EQ(peer.kind, PeerKind::kOther) << one.value;
    EXPECT_EQ(peer.address, one.address) << one.value;
  }
}

TEST(TruePeer, OfOthersIsWhereTheyAre) {
  EXPECT_EQ(true_peer(from(PeerKind::kLoopback, "127.0.0.1", {})).kind, PeerKind::kLoopback);
  const Peer stranger = true_peer(from(PeerKind::kOther, "192.0.2.9", {{"x-forwarded-for", "127.0.0.1"}}));
  EXPECT_EQ(stranger.kind, PeerKind::kOther);
  EXPECT_EQ(stranger.address, "192.0.2.9") << "whoever is no proxy on this device is not believed";
  EXPECT_EQ(true_peer(from(PeerKind::kUnixSocket, "", {{"x-real-ip", "192.0.2.9"}})).kind, PeerKind::kUnixSocket);
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
