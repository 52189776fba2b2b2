// What is kept of who was told: read as it was written, and no reason to stop when it cannot be written.
#include "daemon/app/told_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/unit/store/store_fixture.h"

namespace telltale::app {
namespace {

core::Logger silent() { return {core::make_null_sink(), "test"}; }

TEST(ToldFile, IsReadAsItWasWritten) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "told.json";
  const auto first = told_file(path, silent());
  EXPECT_EQ(first.kept, "");
  first.keep("{}");
  first.keep(R"({"ops":{"a":[1,2,3,0]}})");
  EXPECT_EQ(told_file(path, silent()).kept, R"({"ops":{"a":[1,2,3,0]}})");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(ToldFile, ThatCannotBeWrittenStopsNobody) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "gone" / "told.json";
  const auto memory = told_file(path, silent());
  memory.keep("{}");
  memory.keep("{}");
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::create_directory(directory.path() / "gone");
  memory.keep("{}");
  EXPECT_EQ(told_file(path, silent()).kept, "{}");
}

}  // namespace
}  // namespace telltale::app
