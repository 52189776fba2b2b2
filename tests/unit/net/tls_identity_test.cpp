#include "daemon/net/tls_identity.h"

#include <gtest/gtest.h>

#include "daemon/net/own_addresses.h"
#include "daemon/net/place.h"
#include "daemon/net/tls_certificate.h"

namespace telltale::net {
namespace {

using std::chrono::hours;

const core::WallTime kNow = core::from_ms(1'700'000'000'000);

std::string key() { return make_key().value(); }
std::string certificate(const std::string& of_key, std::vector<std::string> names = {"press-7"}) {
  return make_certificate(of_key, {std::move(names), kNow, kNow + hours(24)}).value();
}

TEST(Certificate, HoldsItsNamesAndItsTime) {
  const std::string secret = key();
  const auto made = make_certificate(
      secret, {{"press-7", "press-7.local", "192.0.2.7", "2001:db8::7", "::1"}, kNow, kNow + hours(24)});
  ASSERT_TRUE(made) << made.error().text();
  const auto facts = read_certificate(*made);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->names, (std::vector<std::string>{"press-7", "press-7.local", "192.0.2.7", "2001:db8::7", "::1"}));
  EXPECT_EQ(facts->not_before, kNow);
  EXPECT_EQ(facts->not_after, kNow + hours(24));
  EXPECT_EQ(facts->fingerprint.size(), 32U * 3 - 1);
  EXPECT_TRUE(facts->self_signed);
  EXPECT_TRUE(TlsIdentity::make(*made, secret));
  EXPECT_NE(certificate(secret), certificate(secret)) << "each has a number of its own";
}

TEST(Certificate, WithoutAClockNeverEnds) {
  const auto made = make_certificate(key(), {{"a"}, kNow, core::WallTime::max()});
  ASSERT_TRUE(made);
  EXPECT_GT(read_certificate(*made)->not_after, kNow + hours(24 * 365 * 200));
}

TEST(Certificate, NamesOnlyWhatIsAName) {
  for (const char* good : {"press-7", "a.b.c", "192.0.2.1", "::1", "7"}) EXPECT_TRUE(is_certifiable(good)) << good;
  for (const char* bad : {"", "press 7", ".a", "-a", "a/b", "*.a", "ü", "a\nb"})
    EXPECT_FALSE(is_certifiable(bad)) << bad;
}

TEST(Identity, SaysWhatIsWrong) {
  const std::string one = key();
  const std::string other = key();
  const std::string good = certificate(one);
  struct Case {
    std::string certificate;
    std::string key;
    const char* says;
  };
  const std::string encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiU5c2GV5E6KQICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJPq5y0X3b7YpM1bU8s1v5MEgZA=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  const Case cases[] = {
      {"", one, "no certificate"},
      {"hello", one, "no certificate"},
      {one, one, "no certificate"},
      {good.substr(0, 200), one, "no certificate"},
      {good, "", "no private key"},
      {good, good, "no private key"},
      {good, one.substr(0, 60), "no private key"},
      {good, other, "not the certificate's"},
      {std::string(100'000, 'A'), one, "no certificate"},
      {good, encrypted, "key"},
  };
  for (const Case& at : cases) {
    const auto made = TlsIdentity::make(at.certificate, at.key);
    ASSERT_FALSE(made) << at.says;
    EXPECT_NE(made.error().message.find(at.says), std::string::npos) << made.error().message;
  }
  EXPECT_TRUE(TlsIdentity::make(good + certificate(other), one)) << "the second is the chain";
  EXPECT_TRUE(TlsIdentity::make(one + good, one + good)) << "one file may hold both";
}

TEST(OwnAddresses, LeaveOutWhatDoesNotLast) {
  EXPECT_EQ(inet6_addresses("00000000000000000000000000000001 01 80 10 80       lo\n"
                            "fe800000000000000011223344556677 02 40 20 80     eth0\n"
                            "20010db8000000000011223344556677 02 40 00 00     eth0\n"
                            "20010db800000000aaaaaaaaaaaaaaaa 02 40 00 01     eth0\n"
                            "20010db800000000bbbbbbbbbbbbbbbb 02 40 00 40     eth0\n"
                            "fd000000000000000000000000000007 02 40 00 80     eth0\n"
                            "nonsense\n\n"),
            (std::vector<std::string>{"2001:db8::11:2233:4455:6677", "fd00::7"}));
  EXPECT_TRUE(inet6_addresses(std::string(100'000, '\n')).empty());
}

TEST(Place, SaysWhereToLook) {
  const std::vector<std::string> hosts = {"press-7", "press-7.local"};
  const std::vector<std::string> addresses = {"192.0.2.7", "2001:db8::7"};
  const auto urls = [&](const Place& place) { return urls_of(place, hosts, addresses); };
  EXPECT_EQ(urls({false, "0.0.0.0", 8080, ""}),
            (std::vector<std::string>{"http://press-7.local:8080/", "http://192.0.2.7:8080/"}));
  EXPECT_EQ(urls({true, "::", 443, "/telltale"}),
            (std::vector<std::string>{"https://press-7.local/telltale/", "https://192.0.2.7/telltale/",
                                      "https://[2001:db8::7]/telltale/"}));
  EXPECT_EQ(urls({false, "127.0.0.1", 80, ""}), (std::vector<std::string>{"http://127.0.0.1/"}));
  EXPECT_TRUE(urls({false, "", 0, ""}).empty());
}

}  // namespace
}  // namespace telltale::net
