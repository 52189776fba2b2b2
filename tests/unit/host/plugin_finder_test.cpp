// Plugins looked into by the real telltale-plugin-host.
#include "daemon/host/plugin_finder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/host/describe_plugin.h"
#include "daemon/host/host_paths.h"
#include "tests/unit/host/temporary_directory.h"

namespace telltale::host {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string bad(const std::string& name) {
  return std::string(TELLTALE_BINARY_DIR) + "/tests/badplugins/" + name + ".so";
}

TEST(PluginFinder, FindsPluginsAndSaysWhatIsWrongWithTheOthers) {
  const test::TemporaryDirectory directory;
  fs::copy_file(bad("well_behaved"), directory.file("well_behaved.so"));
  fs::copy_file(bad("deaf_to_stop"), directory.file("called_otherwise.so"));
  fs::copy_file(bad("wrong_abi"), directory.file("wrong_abi.so"));
  fs::copy_file(bad("aborts_on_load"), directory.file("aborts_on_load.so"));
  std::ofstream(directory.file("text.so")) << "no library";
  std::ofstream(directory.file("readme.txt")) << "no plugin";
  PluginFinder finder({directory.path()}, find_plugin_host().value());

  const auto found = finder.find("well_behaved");
  ASSERT_TRUE(found.has_value()) << found.error().text();
  EXPECT_EQ(found->file, directory.file("well_behaved.so"));
  EXPECT_EQ(found->options.size(), 3U);
  EXPECT_EQ(finder.names(), (std::vector<std::string>{"deaf_to_stop", "well_behaved"}));
  EXPECT_EQ(finder.find("deaf_to_stop")->file, directory.file("called_otherwise.so"));

  EXPECT_EQ(finder.find("well_behavd").error().code, core::ErrorCode::kNotFound);
  EXPECT_THAT(finder.find("well_behavd").error().message, HasSubstr("did you mean well_behaved?"));
  EXPECT_THAT(finder.find("wrong_abi").error().text(), HasSubstr("was built for ABI 2"));
  EXPECT_EQ(finder.find("../../etc/passwd").error().code, core::ErrorCode::kNotFound);
  EXPECT_EQ(finder.find("").error().code, core::ErrorCode::kNotFound);

  const auto problems = finder.problems();
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_THAT(problems[0].text(), HasSubstr("killed by SIGABRT while it was loaded: no licence found"));
  EXPECT_THAT(problems[1].text(), HasSubstr("is not a shared library"));
}

TEST(PluginFinder, LooksAgainWhenAFileChanged) {
  const test::TemporaryDirectory directory;
  PluginFinder finder({directory.path()}, find_plugin_host().value());
  EXPECT_FALSE(finder.find("well_behaved").has_value());
  fs::copy_file(bad("wrong_abi"), directory.file("well_behaved.so"));
  EXPECT_THAT(finder.find("well_behaved").error().text(), HasSubstr("ABI 2"));
  fs::copy_file(bad("well_behaved"), directory.file("new"));
  fs::rename(directory.file("new"), directory.file("well_behaved.so"));
  EXPECT_TRUE(finder.find("well_behaved").has_value());
}

TEST(PluginFinder, PrefersTheFirstDirectory) {
  const test::TemporaryDirectory first;
  const test::TemporaryDirectory second;
  fs::copy_file(bad("well_behaved"), first.file("well_behaved.so"));
  fs::copy_file(bad("well_behaved"), second.file("well_behaved.so"));
  PluginFinder finder({first.path(), second.path()}, find_plugin_host().value());
  EXPECT_EQ(finder.find("well_behaved")->file, first.file("well_behaved.so"));
  EXPECT_EQ(finder.names().size(), 1U);
}

TEST(DescribePlugin, EndsWhatDoesNotFinish) {
  DescribeLimits limits;
  limits.time = std::chrono::milliseconds(200);
  const std::string files[] = {bad("hangs_on_load"), bad("hangs_on_load")};
  const auto answers = describe_plugins(find_plugin_host().value(), files, limits);
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& answer : answers) EXPECT_EQ(answer.error().code, core::ErrorCode::kTimeout);
}

TEST(DescribePlugin, AnswersInOrderWithFewerAtOnceThanThereAre) {
  DescribeLimits limits;
  limits.at_once = 2;
  std::vector<std::string> files;
  files.reserve(5);
  for (int i = 0; i < 5; ++i) files.push_back(i % 2 == 0 ? bad("well_behaved") : bad("no_entry"));
  const auto answers = describe_plugins(find_plugin_host().value(), files, limits);
  ASSERT_EQ(answers.size(), 5U);
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].has_value(), i % 2 == 0) << i;
}

TEST(DescribePlugin, SaysWhenTheHostProgramIsMissing) {
  const std::string files[] = {bad("well_behaved")};
  EXPECT_THAT(describe_plugins("/nowhere/telltale-plugin-host", files)[0].error().text(), HasSubstr("No such file"));
}

}  // namespace
}  // namespace telltale::host
