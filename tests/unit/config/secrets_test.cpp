#include "daemon/config/secrets.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/config/load.h"
#include "tests/support/fake_catalog.h"

namespace telltale::config {
namespace {

using testing::HasSubstr;
using testing::Not;

class Secrets : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "telltale-secrets-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "credentials");
    sources_.environment = [](const std::string& name) -> std::optional<std::string> {
      if (name == "HOST") return "10.0.0.7";
      if (name == "PORT") return "1883";
      if (name == "EVERY") return "2s";
      if (name == "NESTED") return "$ENV{HOST}";
      if (name == "BIG") return std::string(1U << 20U, 'x');
      return std::nullopt;
    };
    sources_.secrets_file = folder_ / "secrets.yaml";
    sources_.credentials_directory = folder_ / "credentials";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::filesystem::path& name, std::string_view text, unsigned mode = 0600) {
    std::ofstream(folder_ / name) << text;
    std::filesystem::permissions(folder_ / name, static_cast<std::filesystem::perms>(mode));
  }
  // Loads an mqtt input with these options added.
  Outcome load_with(const std::string& options) {
    return load({"t.yaml", "inputs:\n- id: a\n  plugin: mqtt\n  options:\n    subscribe: {topic: a}\n" + options},
                sources_, plugins_);
  }
  static std::string option(const Outcome& outcome, std::size_t index) {
    return outcome.config ? outcome.config->inputs.at(0).config.options.children.at(index).text : outcome.report;
  }

  std::filesystem::path folder_;
  SecretSources sources_;
  test::FakeCatalog plugins_;
};

TEST_F(Secrets, ReplacesVariablesInsideOfValues) {
  EXPECT_EQ(option(load_with("    url: mqtt://$ENV{HOST}:$ENV{PORT}/\n"), 0), "mqtt://10.0.0.7:1883/");
  EXPECT_EQ(option(load_with("    url: \"$ENV{NESTED}\"\n"), 0), "$ENV{HOST}");  // once
  const auto typed = load({"t", "inputs: [{id: a, plugin: linux, options: {every: $ENV{EVERY}}}]"}, sources_, plugins_);
  ASSERT_FALSE(typed.config);  // inside of braces `{` must be quoted
  const auto block =
      load({"t", "inputs:\n- id: a\n  plugin: linux\n  options:\n    every: $ENV{EVERY}\n"}, sources_, plugins_);
  ASSERT_TRUE(block.config) << block.report;
  EXPECT_EQ(block.config->inputs[0].config.options.children[0].integer, 2'000'000'000);
}

TEST_F(Secrets, SaysOnceWhichVariableIsMissing) {
  const auto outcome = load_with("    url: x\n    qos: $ENV{QOS}\n");
  EXPECT_EQ(outcome.report,
            "t.yaml:7:10: error: the environment variable QOS is not set\n      qos: $ENV{QOS}\n           ^\n");
  EXPECT_THAT(load_with("    url: $ENV{HOST\n").report, HasSubstr("t.yaml:6:10: error: $ENV{NAME} needs"));
  EXPECT_THAT(load_with("    url: $ENV{}\n").report, HasSubstr("$ENV{NAME} needs"));
  EXPECT_THAT(load_with("    url: $ENV{A-B}\n").report, HasSubstr("$ENV{NAME} needs"));
}

TEST_F(Secrets, BoundsWhatVariablesGrowTo) {
  std::string url = "    url: \"";
  for (int i = 0; i < 100; ++i) url += "$ENV{BIG}";
  EXPECT_THAT(load_with(url + "\"\n").report, HasSubstr("larger than 4 MiB"));
}

TEST_F(Secrets, LooksAmongCredentialsFirst) {
  write("secrets.yaml", "broker: from file\nother: hunter2\n");
  write("credentials/broker", "from systemd\n");
  write("credentials/telltale_hall", "of a directory\n");
  EXPECT_EQ(option(load_with("    url: x\n    password: !secret hall\n"), 2), "of a directory");
  EXPECT_EQ(option(load_with("    url: x\n    password: !secret broker\n"), 2), "from systemd");
  EXPECT_EQ(option(load_with("    url: x\n    password: !secret other\n"), 2), "hunter2");
  sources_.credentials_directory.clear();
  EXPECT_EQ(option(load_with("    url: x\n    password: !secret broker\n"), 2), "from file");
}

TEST_F(Secrets, RefusesAFileThatOthersMayRead) {
  for (const unsigned mode : {0640U, 0604U, 0660U, 0644U}) {
    write("secrets.yaml", "broker: hunter2\n", mode);
    const auto outcome = load_with("    url: x\n    password: !secret broker\n");
    EXPECT_FALSE(outcome.config);
    EXPECT_THAT(outcome.report, HasSubstr("chmod 600 " + sources_.secrets_file));
    EXPECT_THAT(outcome.report, HasSubstr("t.yaml:7:15: error: "));
    EXPECT_THAT(outcome.report, Not(HasSubstr("hunter2")));
  }
  EXPECT_TRUE(load_with("    url: x\n").config);  // nobody asks for it: nothing is wrong
}

TEST_F(Secrets, NamesWhatIsNotThere) {
  EXPECT_THAT(load_with("    url: x\n    password: !secret broker\n").report,
              HasSubstr("no secret is called 'broker', neither among"));
  write("secrets.yaml", "a: 1\n");
  EXPECT_THAT(load_with("    url: x\n    password: !secret broker\n").report,
              HasSubstr("no secret is called 'broker'"));
  write("secrets.yaml", "broker: [hunter2]\n");
  EXPECT_THAT(load_with("    url: x\n    password: !secret broker\n").report,
              HasSubstr("no secret is called 'broker'"));
  for (const std::string name : {"../passwd", "/etc/passwd", ".hidden", "''", "a b", "a/../b"}) {
    EXPECT_THAT(load_with("    url: x\n    password: !secret " + name + "\n").report, HasSubstr("!secret needs a name"))
        << name;
  }
}

TEST_F(Secrets, ShowsNothingOfABrokenSecretsFile) {
  for (const std::string text :
       {"broker: hunter2: x\n", "- hunter2\n", "a: hunter2\na: hunter3\n", "hunter2", "a: \x01hunter2\n"}) {
    write("secrets.yaml", text);
    const auto outcome = load_with("    url: x\n    password: !secret broker\n");
    EXPECT_FALSE(outcome.config);
    EXPECT_THAT(outcome.report, HasSubstr("secrets.yaml"));
    EXPECT_THAT(outcome.report, Not(HasSubstr("hunter")));
  }
}

TEST_F(Secrets, NeverShowsAValueThatDoesNotFit) {
  write("secrets.yaml", "q: hunter2\n");
  const auto outcome = load_with("    url: x\n    qos: !secret q\n");
  EXPECT_THAT(outcome.report, HasSubstr("'qos' must be a whole number; the value is not"));
  EXPECT_THAT(outcome.report, Not(HasSubstr("hunter2")));
  const auto own = load_with("    url: x\n    password: [hunter2]\n    qos: 7\n");
  EXPECT_THAT(own.report, HasSubstr("'password' must be a text, not a list"));
  EXPECT_THAT(own.report, Not(HasSubstr("hunter2")));
  const auto flow =
      load({"t", "inputs: [{id: a, plugin: mqtt, options: {password: hunter2, qos: 7}}]"}, sources_, plugins_);
  EXPECT_THAT(flow.report, HasSubstr("must be from 0 to 2"));
  EXPECT_THAT(flow.report, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace telltale::config
