// What an input may do, from its configuration and its plugin's table.
#include "daemon/host/confinement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/plugin.h>

namespace telltale::host {
namespace {

using testing::ElementsAre;

core::OptionSpec spec(const char* name, std::uint32_t type, std::uint32_t flags = 0) {
  core::OptionSpec made;
  made.name = name;
  made.type = type;
  made.flags = flags;
  return made;
}

core::OptionValue text(const char* name, const char* value) {
  core::OptionValue made;
  made.name = name;
  made.type = TELLTALE_VALUE_TEXT;
  made.text = value;
  return made;
}

core::OptionValue branch(const char* name, std::uint32_t type, std::vector<core::OptionValue> children) {
  core::OptionValue made;
  made.name = name;
  made.type = type;
  made.children = std::move(children);
  return made;
}

TEST(Confinement, GrantsWhatOptionsNameAndWhatTheUserSays) {
  core::PluginDescription plugin;
  plugin.needs = TELLTALE_NEEDS_NETWORK;
  core::OptionSpec tls = spec("tls", TELLTALE_OPTION_SECTION);
  tls.children = {spec("ca", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_PATH), spec("name", TELLTALE_OPTION_TEXT)};
  core::OptionSpec logs = spec("logs", TELLTALE_OPTION_SECTION, TELLTALE_OPTION_LIST);
  logs.children = {spec("file", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_PATH)};
  plugin.options = {spec("port", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_PATH), spec("title", TELLTALE_OPTION_TEXT),
                    spec("also", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_PATH | TELLTALE_OPTION_LIST), tls, logs};
  core::InputConfig config;
  config.grants = {{"/srv/in"}, {"/srv/out"}, TELLTALE_NEEDS_DEVICES};
  config.limits = {64'000'000, 32, 4};
  config.options =
      branch("", TELLTALE_VALUE_SECTION,
             {text("port", "/dev/ttyS0"), text("title", "/etc/shadow"),
              branch("also", TELLTALE_VALUE_LIST, {text("", "/srv/a"), text("", "/dev/ttyS0")}),
              branch("tls", TELLTALE_VALUE_SECTION, {text("ca", "/srv/ca.pem"), text("name", "/root")}),
              branch("logs", TELLTALE_VALUE_LIST, {branch("", TELLTALE_VALUE_SECTION, {text("file", "/var/log/x")})})});
  const Confinement confinement = confinement_of(config, plugin);
  EXPECT_THAT(confinement.read, ElementsAre("/srv/in", "/dev/ttyS0", "/srv/a", "/srv/ca.pem", "/var/log/x"));
  EXPECT_THAT(confinement.write, ElementsAre("/srv/out"));
  EXPECT_EQ(confinement.needs, TELLTALE_NEEDS_NETWORK | TELLTALE_NEEDS_DEVICES);
  EXPECT_EQ(confinement.limits, config.limits);
}

TEST(Confinement, DoesNotTakeTheRootOrNothingForAPath) {
  core::PluginDescription plugin;
  plugin.options = {spec("root", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_PATH)};
  for (const char* root : {"", "/", "//", "/.", "/../", "."}) {
    core::InputConfig config;
    config.options = branch("", TELLTALE_VALUE_SECTION, {text("root", root)});
    EXPECT_TRUE(confinement_of(config, plugin).read.empty()) << root;
  }
}

}  // namespace
}  // namespace telltale::host
