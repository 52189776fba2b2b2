#include "daemon/net/access.h"

#include <gtest/gtest.h>

namespace telltale::net {
namespace {

constexpr PeerKind kPeers[] = {PeerKind::kUnixSocket, PeerKind::kLoopback, PeerKind::kOther};
constexpr Need kNeeds[] = {Need::kOpen, Need::kRead, Need::kWrite, Need::kOperate, Need::kAdmin};
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

// Who shows what: nothing, a session or a token of some role, a token that is none.
struct Badge {
  const core::Grants* grants;
  bool by_cookie;
  bool bad_token;
};
constexpr core::Grants kViewer = core::grants_of(core::Role::kViewer);
constexpr core::Grants kOperator = core::grants_of(core::Role::kOperator);
constexpr core::Grants kAdmin = core::grants_of(core::Role::kAdmin);
constexpr core::Grants kPoster{false, true, false};
constexpr Badge kBadges[] = {{nullptr, false, false},  {nullptr, false, true},    {&kViewer, true, false},
                             {&kViewer, false, false}, {&kOperator, true, false}, {&kPoster, false, false},
                             {&kAdmin, true, false},   {&kAdmin, false, false}};

bool free_of_charge(PeerKind peer, Need need, const AccessPolicy& policy) {
  const bool local = peer == PeerKind::kLoopback;
  if (need == Need::kRead) return local || policy.view == View::kPublic;
  if (need == Need::kWrite)
    return policy.write == WriteAccess::kLan || (local && policy.write == WriteAccess::kLoopback);
  return local && policy.only_loopback;
}

bool may(PeerKind peer, Need need, const AccessPolicy& policy, const Badge& badge) {
  if (peer == PeerKind::kUnixSocket || need == Need::kOpen) return true;
  if (badge.grants != nullptr) {
    const core::Grants& grants = *badge.grants;
    const bool granted = need == Need::kRead      ? grants.read
                         : need == Need::kWrite   ? grants.write
                         : need == Need::kOperate ? grants.admin || (grants.read && grants.write)
                                                  : grants.admin;
    if (granted) return true;
  }
  return !badge.bad_token && free_of_charge(peer, need, policy);
}

// Every rule as it is said in docs/security.md, over everything that can come together.
TEST(Access, TheWholeTable) {
  int cases = 0;
  const auto try_out = [&cases](PeerKind peer, Need need, const AccessPolicy& policy, bool changes, const Visit& visit,
                                const Badge& badge) {
    ++cases;
    const Verdict verdict = decide(
        {peer, need, changes, 1, visit.host, visit.origin, visit.site, badge.grants, badge.by_cookie, badge.bad_token},
        policy);
    const bool host = peer == PeerKind::kUnixSocket || visit.own_host;
    const bool named = *visit.origin != '\0' || std::string_view(visit.site) == "same-origin";
    const bool page = !changes || (visit.own_page && (!badge.by_cookie || named));
    EXPECT_EQ(verdict.allowed(), host && page && may(peer, need, policy, badge))
        << static_cast<int>(peer) << static_cast<int>(need) << visit.host << " " << visit.origin;
    EXPECT_EQ(verdict.allowed(), verdict.detail.empty());
    if (verdict.allowed()) return;
    const bool known = badge.grants != nullptr && !badge.bad_token;
    EXPECT_EQ(verdict.status, !host ? 421U : !page || known ? 403U : 401U);
  };
  for (const PeerKind peer : kPeers) {
    for (const Need need : kNeeds) {
      for (int policy = 0; policy < 12; ++policy) {
        const AccessPolicy chosen{
            kViews[policy % 2], kWrites[policy / 2 % 3], {"press-7", "press-7.local"}, policy >= 6};
        for (const Visit& visit : kVisits) {
          for (const Badge& badge : kBadges) {
            try_out(peer, need, chosen, false, visit, badge);
            try_out(peer, need, chosen, true, visit, badge);
          }
        }
      }
    }
  }
  EXPECT_EQ(cases, 3 * 5 * 12 * 28 * 8 * 2);
}

// Of a page of another site that server.cors lists: what everybody may do, and what its own token may.
TEST(Access, AListedPageHasNoMoreThanItsToken) {
  AccessPolicy policy;
  policy.view = View::kPublic;
  policy.write = WriteAccess::kLan;
  policy.only_loopback = true;  // so that everything is free for a page of the device's own
  policy.origins = {"https://panel.example"};
  const core::Grants all{true, true, true};
  AccessQuestion question{PeerKind::kLoopback,     Need::kRead, true, 1, "localhost",
                          "https://panel.example", "cross-site"};
  EXPECT_TRUE(decide(question, policy).allowed()) << "a WebSocket, which looks";
  for (const Need need : {Need::kOpen, Need::kWrite, Need::kAdmin}) {
    question.need = need;
    question.shown = nullptr;
    question.by_cookie = false;
    EXPECT_FALSE(decide(question, policy).allowed()) << static_cast<int>(need);
    question.shown = &all;
    EXPECT_EQ(decide(question, policy).allowed(), need != Need::kOpen) << static_cast<int>(need);
    question.by_cookie = true;
    EXPECT_FALSE(decide(question, policy).allowed()) << static_cast<int>(need);
    question.origin = "https://panel.example.evil";
    question.by_cookie = false;
    EXPECT_FALSE(decide(question, policy).allowed()) << static_cast<int>(need);
    question.origin = "https://panel.example";
  }
  question.host = "evil.example";
  question.need = Need::kRead;
  EXPECT_EQ(decide(question, policy).status, 421U);
}

TEST(Access, SaysWhatToSet) {
  const AccessPolicy policy;
  const auto detail = [&](Need need) {
    return decide({PeerKind::kOther, need, false, 1, "1.2.3.4", {}, {}}, policy).detail;
  };
  EXPECT_NE(detail(Need::kRead).find("log in"), std::string::npos);
  EXPECT_NE(detail(Need::kWrite).find("telltale token new"), std::string::npos);
  EXPECT_NE(detail(Need::kOperate).find("operators"), std::string::npos);
  EXPECT_NE(detail(Need::kAdmin).find("on the device"), std::string::npos);
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
