#include "daemon/cli/arguments.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"

namespace telltale::cli {
namespace {

std::variant<Arguments, int> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "telltale");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

TEST(Arguments, AreReadForEachCommand) {
  const auto query = std::get<Arguments>(parse({"query", "a.*", "--from", "now-1d", "--points", "24", "--stat", "mean",
                                                "--format", "csv", "--url", "http://x"}));
  EXPECT_EQ(Command::kQuery, query.command);
  EXPECT_EQ("a.*", query.glob);
  EXPECT_EQ("now-1d", query.from);
  EXPECT_EQ("now", query.to);
  EXPECT_EQ(24U, query.points);
  EXPECT_EQ("mean", query.stat);
  EXPECT_EQ("csv", query.format);
  EXPECT_EQ("http://x", query.url);

  struct Case {
    std::vector<const char*> words;
    Command command;
  };
  const std::vector<Case> cases{
      {{"status", "--json"}, Command::kStatus},
      {{"series"}, Command::kSeries},
      {{"tail", "x", "-n", "5"}, Command::kTail},
      {{"storage"}, Command::kStorage},
      {{"verify"}, Command::kVerify},
      {{"verify", "history.db", "--json"}, Command::kVerify},
      {{"backup", "x", "--force", "--with-secrets"}, Command::kBackup},
      {{"backup", "--from", "dir", "x"}, Command::kBackup},
      {{"restore", "x", "--state", "dir", "--replace-config"}, Command::kRestore},
      {{"export", "a", "b", "-o", "x", "--format", "lines"}, Command::kExport},
      {{"import", "x", "--unit", "a=V", "--unit", "B", "--dry-run"}, Command::kImport},
      {{"import", "-", "--format", "csv", "--delimiter", "tab"}, Command::kImport},
      {{"doctor", "--deep"}, Command::kDoctor},
      {{"check", "file.yaml"}, Command::kCheck},
      {{"plugins"}, Command::kPlugins},
      {{"plugin", "info", "linux"}, Command::kPluginInfo},
      {{"plugin", "schema", "linux"}, Command::kPluginSchema},
      {{"plugin", "new", "thermo"}, Command::kPluginNew},
      {{"plugin", "new", "thermo", "/tmp"}, Command::kPluginNew},
      {{"plugin", "validate", "x.so", "--case", "a.b", "--case", "c.d", "--json"}, Command::kPluginValidate},
      {{"plugin", "validate", "--list"}, Command::kPluginValidate},
      {{"--run", "/tmp/x", "input", "list"}, Command::kInputList},
      {{"input", "restart", "plc"}, Command::kInputRestart},
  };
  for (const Case& expected : cases) {
    const auto parsed = parse(expected.words);
    ASSERT_TRUE(std::holds_alternative<Arguments>(parsed)) << expected.words.front();
    EXPECT_EQ(expected.command, std::get<Arguments>(parsed).command) << expected.words.front();
  }
}

TEST(Arguments, UsageErrorsHaveOneExitCode) {
  const std::vector<std::vector<const char*>> cases{
      {},
      {"no-such-command"},
      {"query"},
      {"query", "a", "--format", "xml"},
      {"plugin", "validate", "x.so", "--list"},
      {"plugin", "validate", "x.so", "--case"},
      {"query", "a", "--points", "-1"},
      {"tail"},
      {"status", "--no-such-option"},
      {"input", "restart"},
      {"plugin"},
      {"plugin", "new"},
      {"series", "a", "b"},
  };
  for (const auto& words : cases) {
    const auto parsed = parse(words);
    ASSERT_TRUE(std::holds_alternative<int>(parsed)) << (words.empty() ? "nothing" : words.front());
    EXPECT_EQ(kExitUsage, std::get<int>(parsed));
  }
  EXPECT_EQ(kExitDone, std::get<int>(parse({"--help"})));
  EXPECT_EQ(kExitDone, std::get<int>(parse({"query", "--help"})));
  EXPECT_EQ(kExitDone, std::get<int>(parse({"--version"})));
}

TEST(Arguments, ExitCodesFollowTheError) {
  EXPECT_EQ(69, exit_code_of(core::ErrorCode::kUnavailable));
  EXPECT_EQ(69, exit_code_of(core::ErrorCode::kTimeout));
  EXPECT_EQ(77, exit_code_of(core::ErrorCode::kDenied));
  EXPECT_EQ(2, exit_code_of(core::ErrorCode::kInvalid));
  EXPECT_EQ(1, exit_code_of(core::ErrorCode::kNotFound));
}

TEST(Connection, TheRunDirectoryComesBeforeTheUrl) {
  core::PathSurroundings nowhere;
  nowhere.system_run = "/nowhere/run";
  nowhere.temporary = "/nowhere/tmp";
  Arguments arguments;
  EXPECT_EQ("/nowhere/run/api.sock", choose_target(arguments, nowhere).socket);
  arguments.url = "http://press-7:8080";
  arguments.token = "t";
  EXPECT_EQ("http://press-7:8080", choose_target(arguments, nowhere).url);
  EXPECT_EQ("", choose_target(arguments, nowhere).socket);
  EXPECT_EQ("t", choose_target(arguments, nowhere).token);
  arguments.run_directory = "/somewhere";
  EXPECT_EQ("/somewhere/api.sock", choose_target(arguments, nowhere).socket);
}

}  // namespace
}  // namespace telltale::cli
