#include "daemon/cli/scaffold.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_tree.h"

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kTemplate = TELLTALE_SOURCE_DIR "/sdk/template";

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Scaffold : public testing::Test {
 protected:
  [[nodiscard]] std::string here() const { return tree_.path(); }
  test::TemporaryTree tree_;
};

TEST_F(Scaffold, HasEveryFileOfTheTemplateUnderTheNewName) {
  const auto made = make_scaffold("dew-point", here() + "/deep/er", kTemplate);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(*made, here() + "/deep/er/dew-point");
  for (const char* file :
       {"CMakeLists.txt", "src/dew-point.cpp", "test/first_number_test.cpp", "config.example.yaml", "README.md"}) {
    EXPECT_TRUE(fs::is_regular_file(fs::path(*made) / file)) << file;
  }
  EXPECT_THAT(text_of(*made + "/src/dew-point.cpp"), HasSubstr("class DewPoint : public"));
  for (const auto& entry : fs::recursive_directory_iterator(*made)) {
    EXPECT_THAT(entry.path().native(), Not(HasSubstr("my_plugin")));
    const std::string text = entry.is_regular_file() ? text_of(entry.path()) : std::string();
    EXPECT_THAT(text, Not(HasSubstr("my_plugin"))) << entry.path();
    EXPECT_THAT(text, Not(HasSubstr("MyPlugin"))) << entry.path();
  }
}

TEST_F(Scaffold, MayFillADirectoryThatIsEmpty) {
  fs::create_directory(here() + "/thermo");
  EXPECT_TRUE(make_scaffold("thermo", here(), kTemplate));
}

TEST_F(Scaffold, LeavesAloneWhatIsThere) {
  fs::create_directory(here() + "/thermo");
  std::ofstream(here() + "/thermo/mine") << "kept";
  std::ofstream(here() + "/file") << "kept";
  fs::create_symlink("nowhere", here() + "/link");
  for (const char* name : {"thermo", "file", "link"}) {
    const auto made = make_scaffold(name, here(), kTemplate);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, core::ErrorCode::kConflict) << name;
  }
  EXPECT_FALSE(fs::exists(here() + "/thermo/CMakeLists.txt"));
  EXPECT_EQ(text_of(here() + "/file"), "kept");
}

TEST_F(Scaffold, RefusesNamesThatNoPluginCanHave) {
  const std::string cases[] = {"",    "Thermo", "1wire",   "_x",  "-x",
                               "a b", "../x",   "a/b",     "a.b", "ümlaut",
                               "a\n", "test",   "install", "all", std::string(65, 'a')};
  for (const std::string& name : cases) {
    const auto made = make_scaffold(name, here(), kTemplate);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, core::ErrorCode::kInvalid) << name;
  }
  EXPECT_TRUE(fs::is_empty(here()));
}

TEST_F(Scaffold, LeavesNothingBehindWhenItFails) {
  const std::string place = here() + "/template";
  fs::create_directories(place + "/src");
  std::ofstream(place + "/src/a") << "a";
  fs::create_directory(here() + "/target");
  std::ofstream(here() + "/target/thermo.d") << "";
  EXPECT_FALSE(make_scaffold("thermo", here() + "/target/thermo.d", place)) << "its parent is a file";
  EXPECT_FALSE(make_scaffold("thermo", here() + "/target", here() + "/no-template"));
  EXPECT_FALSE(fs::exists(here() + "/target/thermo"));
}

TEST(ClassName, IsMadeOfTheWordsOfAName) {
  EXPECT_EQ(class_name("thermo"), "Thermo");
  EXPECT_EQ(class_name("dew-point_2"), "DewPoint2");
  EXPECT_EQ(class_name("a1"), "A1");
  EXPECT_EQ(class_name("a--b_"), "AB");
}

}  // namespace
}  // namespace telltale::cli
