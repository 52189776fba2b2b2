#include "daemon/tools/fresh_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/tools/directory.h"

namespace telltale::test {
namespace {

using tools::FreshFile;

TEST(FreshFile, AppearsWholeOrNotAtAll) {
  const Directory directory;
  const std::string path = directory.path("out");
  {
    auto file = FreshFile::at(path, FreshFile::Existing::kRefuse);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->create(0600));
    ASSERT_TRUE(file->write("half"));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "nothing is left of it";
  auto file = FreshFile::at(path, FreshFile::Existing::kRefuse);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->create(0600));
  ASSERT_TRUE(file->write("whole"));
  ASSERT_TRUE(file->keep());
  EXPECT_EQ(*tools::read_small_file(path, 100), "whole");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(FreshFile, DoesNotReplaceUnlessItIsTo) {
  const Directory directory;
  const std::string path = directory.file("out", "old");
  EXPECT_EQ(FreshFile::at(path, FreshFile::Existing::kRefuse).error().code, core::ErrorCode::kConflict);
  auto file = FreshFile::at(path, FreshFile::Existing::kReplace);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->create(0600));
  ASSERT_TRUE(file->write("new"));
  EXPECT_EQ(*tools::read_small_file(path, 100), "old");
  ASSERT_TRUE(file->keep());
  EXPECT_EQ(*tools::read_small_file(path, 100), "new");
}

TEST(FreshFile, OneThatSomebodyMadeMeanwhileStays) {
  const Directory directory;
  const std::string path = directory.path("out");
  auto file = FreshFile::at(path, FreshFile::Existing::kRefuse);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->create(0600));
  const std::string theirs = directory.file("out", "theirs");
  const auto kept = file->keep();
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, core::ErrorCode::kConflict);
  EXPECT_EQ(*tools::read_small_file(theirs, 100), "theirs");
}

TEST(FreshFile, IsNoDirectoryOrLink) {
  const Directory directory;
  EXPECT_FALSE(FreshFile::at(directory.path(), FreshFile::Existing::kReplace));
  EXPECT_FALSE(FreshFile::at(directory.path() + "/", FreshFile::Existing::kReplace));
  std::filesystem::create_symlink("/dev/null", directory.path("link"));
  EXPECT_FALSE(FreshFile::at(directory.path("link"), FreshFile::Existing::kReplace));
  EXPECT_FALSE(tools::read_small_file(directory.file("large", std::string(200, 'x')), 100));
}

}  // namespace
}  // namespace telltale::test
