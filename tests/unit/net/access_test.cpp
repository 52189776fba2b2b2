#include "daemon/net/access.h"

#include <gtest/gtest.h>

namespace telltale::net {
namespace {

constexpr PeerKind kPeers[] = {PeerKind::kUnixSocket, PeerKind::kLoopback, PeerKind::kOther};
constexpr Need kNeeds[] = {Need::kRead, Need::kWrite, Need::kAdmin};
constexpr View kViews[] = {View::kLogin, View::kPublic};
constexpr WriteAccess kWrites[] = {WriteAccess::kLoopback, WriteAccess::kToken, WriteAccess::kLan};

struct Visit {
  const char* host;
  const char* origin;
  const char* site;  // Sec-Fetch-Site
  bool own_host;
  bool own_page;
};
constexpr Visit kVisits[] = {
    {"192.168.1.5:8080", "", "", true, true},
    {"192.168.1.5:8080", "http://192.168.1.5:8080", "same-origin", true, true},
    {"127.0.0.1", "http://127.0.0.1", "", true, true},
    {"[fe80::1]:8080", "http://[fe80::1]:8080", "", true, true},
    {"localhost:8080", "http://localhost:8080", "", true, true},
    {"Press-7.local", "https://press-7.local", "", true, true},
    {"press-7:443", "https://press-7", "", true, true},
    {"press-7.", "", "none", true, true},
    {"192.168.1.5:8080", "http://evil.example", "cross-site", true, false},
    {"192.168.1.5:8080", "http://192.168.1.5:9090", "", true, false},
    {"192.168.1.5", "http://192.168.1.50", "", true, false},
    {"192.168.1.5:8080", "null", "", true, false},
    {"192.168.1.5:8080", "file://", "", true, false},
    {"192.168.1.5:8080", "chrome-extension://abc", "", true, false},
    {"localhost", "", "cross-site", true, false},
    {"localhost", "", "same-site", true, false},
    {"evil.example", "", "", false, true},
    {"evil.example:8080", "http://evil.example:8080", "same-origin", false, true},
    {"press-7.evil.example", "", "", false, true},
    {"127.0.0.1.evil.example", "", "", false, true},
    {"localhost.evil.example", "", "", false, true},
    {"", "", "", false, true},
    {"localhost:port", "", "", false, true},
    {"[::1", "", "", false, true},
    {"[127.0.0.1]", "", "", false, true},
    {"user@localhost", "", "", false, true},
    {"2130706433", "", "", false, true},
    {"0x7f.1", "", "", false, true},
};

bool may(PeerKind peer, Need need, const AccessPolicy& policy) {
  if (peer != PeerKind::kOther) return true;
  if (need == Need::kRead) return policy.view == View::kPublic;
  return need == Need::kWrite && policy.write == WriteAccess::kLan;
}

TEST(Access, TheWholeTable) {
  int cases = 0;
  for (const PeerKind peer : kPeers) {
    for (const Need need : kNeeds) {
      for (const View view : kViews) {
        for (const WriteAccess write : kWrites) {
          for (const bool changes : {false, true}) {
            for (const Visit& visit : kVisits) {
              const AccessPolicy policy{view, write, {"press-7", "press-7.local"}};
              const Verdict verdict = decide({peer, need, changes, 1, visit.host, visit.origin, visit.site}, policy);
              const bool host = peer == PeerKind::kUnixSocket || visit.own_host;
              const bool page = !changes || visit.own_page;
              EXPECT_EQ(verdict.allowed(), host && page && may(peer, need, policy))
                  << static_cast<int>(peer) << static_cast<int>(need) << visit.host << " " << visit.origin;
              EXPECT_EQ(verdict.allowed(), verdict.detail.empty());
              if (!host) {
                EXPECT_EQ(verdict.status, 421U);
              } else if (!verdict.allowed()) {
                EXPECT_EQ(verdict.status, 403U);
              }
              ++cases;
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(cases, 3 * 3 * 2 * 3 * 2 * 28);
}

TEST(Access, SaysWhatToSet) {
  const AccessPolicy policy;
  const auto detail = [&](Need need) {
    return decide({PeerKind::kOther, need, false, 1, "1.2.3.4", {}, {}}, policy).detail;
  };
  EXPECT_NE(detail(Need::kRead).find("server.view to public"), std::string::npos);
  EXPECT_NE(detail(Need::kWrite).find("server.write to lan"), std::string::npos);
  EXPECT_NE(detail(Need::kAdmin).find("on the device itself"), std::string::npos);
}

TEST(Access, WantsOneHost) {
  const AccessPolicy policy;
  EXPECT_EQ(decide({PeerKind::kLoopback, Need::kRead, false, 0, "", {}, {}}, policy).status, 400U);
  EXPECT_EQ(decide({PeerKind::kLoopback, Need::kRead, false, 2, "localhost", {}, {}}, policy).status, 400U);
}

TEST(Access, ForgesNoLinesFromHostileHosts) {
  const auto verdict = decide({PeerKind::kLoopback, Need::kRead, false, 1, "a\nb\x1b[2J", {}, {}}, {});
  EXPECT_EQ(verdict.detail.find('\n'), std::string::npos);
  EXPECT_EQ(verdict.detail.find('\x1b'), std::string::npos);
}

TEST(Access, KnowsLoopback) {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(peer_kind_of(text), PeerKind::kLoopback) << text;
  }
  for (const char* text : {"192.168.1.1", "128.0.0.1", "::ffff:10.0.0.1", "fe80::1", "127.evil", "", "unknown", "::"}) {
    EXPECT_EQ(peer_kind_of(text), PeerKind::kOther) << text;
  }
}

}  // namespace
}  // namespace telltale::net
