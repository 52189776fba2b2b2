// What may leave the device in a support archive.
#include "daemon/core/scrub.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace telltale::core {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Scrub, LeavesNoSecretOfAnyForm) {
  for (const char* line : {
           "    password: hunter22",
           "    password: 'hun,ter hunter22'",
           R"(    "password": "hun\"ter22, hunter22")",
           "options: {url: mqtt://broker, username: ben, password: hunter22, keepalive: 30s}",
           "  #password: hunter22",
           "  token: hunter22",
           "  influx_token = hunter22",
           "  password = two hunter22",
           "  api_key: hunter22",
           "  pin: hunter22",
           "  client_secret: hunter22",
           "  url: mqtts://ben:hunter22@broker.example:8883/x",
           "  url: \"http://hunter22@broker.example\"",
           "connecting to tcp://ben:p@hunter22@10.0.0.5:1883 failed",
           "Authorization: Bearer hunter22hunter22",
           "curl -H 'Authorization: Token hunter22'",
           "Cookie: telltale_session=hunter22hunter22",
           "seen tt_hunter22hunter22",
           "  password: |",
       }) {
    const std::string scrubbed = scrub(std::string(line) + "\n      hunter22\nnext: 1\n");
    if (std::string_view(line).ends_with('|')) {
      EXPECT_THAT(scrubbed, Not(HasSubstr("hunter22"))) << line;
    } else {
      EXPECT_THAT(scrubbed.substr(0, scrubbed.find('\n')), Not(HasSubstr("hunter22"))) << line;
    }
    EXPECT_THAT(scrubbed, HasSubstr("next: 1\n")) << line;
    EXPECT_THAT(scrubbed, HasSubstr("left out")) << line;
  }
  const std::string pem = scrub("a\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----\nb");
  EXPECT_EQ(pem, "a\n(left out)\n\n\nb") << "lines keep their numbers";
  EXPECT_EQ(scrub("set it up with the code 4NAP-1MXK"), "set it up with the code (left out)");
}

TEST(Scrub, LeavesTheRestAsItIs) {
  for (const char* text : {
           "inputs:\n  - id: broker\n    options:\n      url: mqtt://127.0.0.1:1883\n",
           "    password: !secret broker\n",
           "    password: $ENV{BROKER}\n",
           "tls: {cert: /etc/telltale/a.pem}\n",
           "  keyword: 5\n  monkey: 6\n  passed: 7\n",
           "exit code 4-5, at 2026-03-01T12:00:00Z\n",
           "mail to ben@example.com\n",
           "",
           "no end of line",
       }) {
    EXPECT_EQ(scrub(text), text);
  }
}

TEST(Scrub, LeavesTheWordsOfALogLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://10.0.0.1:80/a@b", "http://10.0.0.1:80/a@b"},
      {"//u:p:q@h and //v:w@h", "//(left out)@h and //(left out)@h"},
      {"GET /x?token=abc&b=1", "GET /x?token=(left out)&b=1"},
      {"login with user=ben password=hunter2 failed", "login with user=ben password=(left out) failed"},
      {"secret: hunter2", "secret: (left out)"},
      {"a wrong password was refused", "a wrong password was refused"},
      {"password=", "password="},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(scrub(text), wanted);
}

TEST(Scrub, KeepsWhatStandsBesideASecret) {
  EXPECT_EQ(scrub("{url: mqtt://b, password: x, keepalive: 30s}"),
            "{url: mqtt://b, password: (left out), keepalive: 30s}");
  EXPECT_EQ(scrub(R"({"user":"ben","password":"x","role":"admin"})"),
            R"({"user":"ben","password":(left out),"role":"admin"})");
  EXPECT_EQ(scrub("url: mqtt://ben:x@broker:1883"), "url: mqtt://(left out)@broker:1883");
}

RC_GTEST_PROP(Scrub, TakesAnyText, (const std::string& text)) {
  const std::string once = scrub("password: " + text);
  RC_ASSERT(once.size() <= 40 * (text.size() + 20));
}

}  // namespace
}  // namespace telltale::core
