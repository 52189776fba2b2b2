// Covers daemon/provision/settings.cpp and the files of keys.cpp.
#include "daemon/provision/settings.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/provision/keys.h"
#include "tests/support/temporary_tree.h"

namespace telltale::provision {
namespace {

using testing::HasSubstr;

SettingsOutcome read(const std::string& text) {
  config::SecretSources secrets;
  secrets.environment = [](const std::string& name) { return std::optional<std::string>("value of " + name); };
  return read_settings("provision.yaml", text, secrets);
}

TEST(ProvisionSettings, SayWhereAndWhom) {
  const auto read_well = read("from: 'https://fleet.example/telltale/{device}.yaml?key={device}'\nkey: /etc/a.pub\n");
  ASSERT_TRUE(read_well.settings) << read_well.report;
  EXPECT_EQ(read_well.settings->keys, std::vector<std::string>{"/etc/a.pub"});
  const Place place = place_for(*read_well.settings, "press 7").value();
  EXPECT_EQ(place.url, "https://fleet.example/telltale/press%207.yaml?key=press%207");
  EXPECT_EQ(place.shown, "https://fleet.example") << "what stands behind it may be a secret";
  const auto mqtt = read(
      "from: mqtts://broker:8884/telltale/{device}/config\nkey: [/a.pub, /b.pub]\nuser: x\n"
      "password: $ENV{P}\n");
  ASSERT_TRUE(mqtt.settings) << mqtt.report;
  EXPECT_EQ(mqtt.settings->password, "value of P");
  EXPECT_EQ(place_for(*mqtt.settings, "press-7")->url, "mqtts://broker:8884");
  EXPECT_EQ(place_for(*mqtt.settings, "press-7")->topic, "telltale/press-7/config");
}

TEST(ProvisionSettings, ANameThatWouldLeadElsewhereIsRefused) {
  const auto settings = read("from: mqtt://b/{device}/config\nkey: /a.pub\n").settings.value();
  for (const char* name : {"", ".", "..", "a/b", "+", "#", "a\nb"}) EXPECT_FALSE(place_for(settings, name)) << name;
}

TEST(ProvisionSettings, EveryMistakeHasItsPlace) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"", "keys with values"},
      {"key: /a.pub\n", "from"},
      {"from: https://a/b\n", "key"},
      {"from: ftp://a/b\nkey: /a.pub\n", "1:7: error"},
      {"from: https://u:p@a/b\nkey: /a.pub\n", "1:7: error"},
      {"from: https://\nkey: /a.pub\n", "1:7: error"},
      {"from: 'https://a/{name}'\nkey: /a.pub\n", "no other braces"},
      {"from: mqtt://broker\nkey: /a.pub\n", "a topic"},
      {"from: 'mqtt://broker/a/#'\nkey: /a.pub\n", "a topic"},
      {"from: https://a/b\nkey: a.pub\n", "2:6: error: 'key' is a whole path"},
      {"from: https://a/b\nkey: [/1, /2, /3, /4, /5]\n", "at most 4 keys"},
      {"from: http://a/b\nkey: /a.pub\nuser: u\n", "3:7: error: a login without TLS"},
      {"from: http://127.evil.example/b\nkey: /a.pub\nuser: u\n", "a login without TLS"},
      {"from: http://localhost.evil.example/b\nkey: /a.pub\nuser: u\n", "a login without TLS"},
      {"from: https://a/b\nkey: /a.pub\nuser: u\npassword: plain\n", "4:11: error: a password is written"},
      {"from: https://a/b\nkey: /a.pub\npassword: $ENV{P}\n", "'password' needs 'user'"},
      {"from: http://a/b\nkey: /a.pub\nca: /ca.pem\n", "'ca' is of https"},
      {"from: https://a/b\nkey: /a.pub\nca: ca.pem\n", "'ca' is a whole path"},
      {"from: https://a/b\nkey: /a.pub\ndevice: a/b\n", "3:9: error"},
      {"frm: https://a/b\nkey: /a.pub\n", "did you mean 'from'?"}};
  for (const Case& one : cases) {
    const auto outcome = read(one.text);
    EXPECT_FALSE(outcome.settings) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(one.expected)) << one.text;
  }
  EXPECT_TRUE(read("from: http://127.0.0.1:8080/b\nkey: /a.pub\nuser: u\n").settings);
  EXPECT_TRUE(read("from: 'mqtt://[::1]:1883/b'\nkey: /a.pub\nuser: u\n").settings);
}

TEST(ProvisionKeys, FilesThatOthersCanChangeAreNotBelieved) {
  const test::TemporaryTree tree;
  const std::string name = (tree.path() / "fleet").string();
  ASSERT_TRUE(make_key_pair(name));
  EXPECT_EQ(make_key_pair(name).error().code, core::ErrorCode::kConflict);
  EXPECT_TRUE(read_public_key(name + ".pub"));
  namespace fs = std::filesystem;
  for (const fs::perms more : {fs::perms::group_write, fs::perms::others_write}) {
    fs::permissions(name + ".pub", more, fs::perm_options::add);
    EXPECT_EQ(read_public_key(name + ".pub").error().code, core::ErrorCode::kDenied);
    fs::permissions(name + ".pub", more, fs::perm_options::remove);
  }
  EXPECT_EQ(read_public_key(name + ".key").error().code, core::ErrorCode::kInvalid) << "not the public one";
  EXPECT_EQ(sign("a", name + ".pub").error().code, core::ErrorCode::kDenied);
  fs::permissions(name + ".pub", fs::perms::owner_read);
  EXPECT_EQ(sign("a", name + ".pub").error().code, core::ErrorCode::kInvalid) << "not the private one";
  tree.write("rubbish", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
  EXPECT_FALSE(read_public_key((tree.path() / "rubbish").string()));
  EXPECT_FALSE(read_public_key(tree.path().string()));
}

}  // namespace
}  // namespace telltale::provision
