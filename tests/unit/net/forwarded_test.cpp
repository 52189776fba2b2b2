#include "daemon/net/forwarded.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace telltale::net {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using Ranges = std::vector<core::AddressRange>;

Request from(PeerKind kind, const std::string& address, Fields headers) {
  Request request;
  request.peer = {kind, address};
  request.headers = std::move(headers);
  return request;
}

Ranges ranges(std::initializer_list<const char*> texts) {
  Ranges out;
  for (const char* text : texts) out.push_back(core::AddressRange::parse(text).value());
  return out;
}

TEST(Forwarded, OfAProxyThatNobodyNamedOnlySaysThatItIsNotLocal) {
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
    const Arrival arrival =
        arrival_of(from(PeerKind::kLoopback, "127.0.0.1",
                        {{one.name, one.value}, {"x-forwarded-proto", "https"}, {"x-forwarded-host", "evil.example"}}),
                   {});
    EXPECT_EQ(arrival.peer.kind, PeerKind::kOther) << one.value;
    EXPECT_EQ(arrival.peer.address, one.address) << one.value;
    EXPECT_FALSE(arrival.secure);
    EXPECT_FALSE(arrival.host);
  }
}

TEST(Forwarded, OfOthersIsNotBelieved) {
  const auto proxies = ranges({"192.0.2.1"});
  const Fields lies = {{"x-forwarded-for", "127.0.0.1"},
                       {"x-forwarded-proto", "https"},
                       {"x-forwarded-host", "press-7"},
                       {"forwarded", "for=127.0.0.1;proto=https;host=press-7"}};
  const Arrival stranger = arrival_of(from(PeerKind::kOther, "192.0.2.9", lies), proxies);
  EXPECT_EQ(stranger.peer.kind, PeerKind::kOther);
  EXPECT_EQ(stranger.peer.address, "192.0.2.9");
  EXPECT_FALSE(stranger.secure);
  EXPECT_FALSE(stranger.host);
  EXPECT_EQ(arrival_of(from(PeerKind::kLoopback, "127.0.0.1", {}), proxies).peer.kind, PeerKind::kLoopback);
  EXPECT_EQ(arrival_of(from(PeerKind::kUnixSocket, "", lies), ranges({"0.0.0.0/0"})).peer.kind, PeerKind::kUnixSocket);
}

struct Chain {
  Fields fields;
  const char* address;
  bool secure;
  const char* host;  // empty: as asked
};

// What clients write in front, and what broken proxies write, is in the table as well.
std::vector<Chain> chains() {
  return {
      {{{"x-forwarded-for", "203.0.113.5"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "203.0.113.5:4711"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "[2001:db8::5]:4711"}}, "2001:db8::5", false, ""},
      {{{"x-forwarded-for", "1.1.1.1, 203.0.113.5"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "203.0.113.5, 10.0.0.2"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "1.1.1.1, 203.0.113.5, 10.0.0.2, 192.0.2.1"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "1.1.1.1"}, {"x-forwarded-for", "203.0.113.5"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "10.0.0.7, 10.0.0.2"}}, "10.0.0.7", false, ""},  // all of them proxies: the first
      {{{"x-forwarded-for", "unknown"}}, "192.0.2.1", false, ""},
      {{{"x-forwarded-for", "203.0.113.5, garbage"}}, "192.0.2.1", false, ""},
      {{{"x-forwarded-for", ","}}, "192.0.2.1", false, ""},
      {{{"x-forwarded-for", "127.0.0.1"}}, "127.0.0.1", false, ""},
      {{{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-proto", "https"}}, "203.0.113.5", true, ""},
      {{{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-proto", "HTTPS"}}, "203.0.113.5", true, ""},
      {{{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-proto", "https, http"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-proto", "httpsx"}}, "203.0.113.5", false, ""},
      {{{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-host", "a.example"}}, "203.0.113.5", false, "a.example"},
      {{{"forwarded", "for=203.0.113.5"}}, "203.0.113.5", false, ""},
      {{{"forwarded", "For=\"[2001:db8::5]:47\";Proto=https;Host=\"a.example:8443\""}},
       "2001:db8::5",
       true,
       "a.example:8443"},
      {{{"forwarded", "for=1.1.1.1;proto=https, for=203.0.113.5;proto=http , for=10.0.0.2"}}, "203.0.113.5", false, ""},
      {{{"forwarded", "for=_hidden;proto=https"}}, "192.0.2.1", true, ""},
      {{{"forwarded", "for=\"203.0.113.5, for=1.1.1.1"}}, "192.0.2.1", false, ""},
      {{{"forwarded", ";;;=;,,for"}}, "192.0.2.1", false, ""},
      {{{"forwarded", "for=203.0.113.5\\"}}, "192.0.2.1", false, ""},
      // Both: what a client wrote into the one that its proxy does not know would win otherwise.
      {{{"forwarded", "for=127.0.0.1;proto=https;host=b"}, {"x-forwarded-for", "203.0.113.5"}},
       "203.0.113.5",
       false,
       ""},
  };
}

TEST(Forwarded, OfATrustedProxyIsBelieved) {
  const auto proxies = ranges({"192.0.2.1", "10.0.0.0/8"});
  for (const Chain& chain : chains()) {
    const Arrival arrival = arrival_of(from(PeerKind::kOther, "192.0.2.1", chain.fields), proxies);
    const std::string shown = chain.fields[0].second;
    EXPECT_EQ(arrival.peer.kind, PeerKind::kOther) << shown;
    EXPECT_EQ(arrival.peer.address, chain.address) << shown;
    EXPECT_EQ(arrival.secure, chain.secure) << shown;
    EXPECT_EQ(arrival.host.value_or(""), chain.host) << shown;
  }
}

TEST(Forwarded, NothingThatAProxySendsMakesARequestLocal) {
  const auto proxies = ranges({"127.0.0.1", "::1"});
  rc::check([&](const std::string& x_for, const std::string& forwarded) {
    RC_PRE(!x_for.empty() || !forwarded.empty());
    const Arrival arrival = arrival_of(
        from(PeerKind::kLoopback, "127.0.0.1", {{"x-forwarded-for", x_for}, {"forwarded", forwarded}}), proxies);
    RC_ASSERT(arrival.peer.kind == PeerKind::kOther);
    RC_ASSERT(core::is_ip_address(arrival.peer.address));
  });
}

}  // namespace
}  // namespace telltale::net
