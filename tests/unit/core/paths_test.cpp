#include "daemon/core/paths.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telltale::core {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

constexpr uid_t kSomebody = 4'242'424;  // no such user on any machine that runs the tests

class Paths : public ::testing::Test {
 public:
  Paths(const Paths&) = delete;
  Paths& operator=(const Paths&) = delete;
  ~Paths() override { fs::remove_all(root_); }

 protected:
  Paths() {
    std::string pattern = (fs::temp_directory_path() / "telltale-paths-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    at_.user = ::geteuid() == 0 ? kSomebody : ::geteuid();
    at_.system_run = root_ + "/run/telltale";
    at_.system_state = root_ + "/var/lib/telltale";
    at_.temporary = root_ + "/tmp";
    fs::create_directories(root_ + "/run");
    fs::create_directories(root_ + "/tmp");
  }

  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(0, ::stat(path.c_str(), &status));
    return status.st_mode & 0777;
  }

  std::string root_;
  PathSurroundings at_;
};

TEST_F(Paths, RootRunsInTheSystemsDirectory) {
  at_.user = 0;
  ASSERT_EQ(at_.system_run, make_run_directory(at_).value());
  EXPECT_EQ(0750U, mode_of(at_.system_run));
  EXPECT_EQ(at_.system_run, make_run_directory(at_).value()) << "an existing one is taken as it is";
}

TEST_F(Paths, WhoeverMayWriteInTheSystemsDirectoryUsesIt) {
  fs::create_directories(at_.system_run);
  EXPECT_EQ(at_.system_run, make_run_directory(at_).value());
  fs::create_directories(at_.system_state);
  EXPECT_EQ(at_.system_state, state_directory(at_).value());
}

TEST_F(Paths, AUserRunsInTheSessionsDirectory) {
  at_.runtime_directory = root_ + "/session";
  fs::create_directories(at_.runtime_directory);
  EXPECT_EQ(root_ + "/session/telltale", make_run_directory(at_).value());
}

TEST_F(Paths, ASessionDirectoryThatIsMissingIsPassedOver) {
  at_.user = ::geteuid();
  if (at_.user == 0) GTEST_SKIP() << "root uses the system's directory";
  at_.runtime_directory = root_ + "/nowhere";
  EXPECT_EQ(root_ + "/tmp/telltale-" + std::to_string(at_.user), make_run_directory(at_).value());
}

TEST_F(Paths, TheOneUnderTmpMustBePrivateToTheUser) {
  const std::string path = root_ + "/tmp/telltale-" + std::to_string(at_.user);
  const bool is_mine = at_.user == ::geteuid();
  ASSERT_EQ(is_mine, make_run_directory(at_).has_value()) << "made by this process, which is the user or is not";
  EXPECT_EQ(0700U, mode_of(path));
  EXPECT_EQ(0, ::chmod(path.c_str(), 0755));
  EXPECT_EQ(ErrorCode::kDenied, make_run_directory(at_).error().code);
  fs::remove_all(path);

  fs::create_directory_symlink(root_ + "/run", path);
  EXPECT_EQ(ErrorCode::kDenied, make_run_directory(at_).error().code) << "a link leads anywhere";
  fs::remove(path);

  std::ofstream(path) << "a file";
  EXPECT_EQ(ErrorCode::kDenied, make_run_directory(at_).error().code);
}

TEST_F(Paths, ToolsLookWhereADaemonCouldBe) {
  at_.runtime_directory = root_ + "/session";
  EXPECT_THAT(run_directory_candidates(at_), ElementsAre(at_.system_run, root_ + "/session/telltale"));
  const std::string under_tmp = root_ + "/tmp/telltale-" + std::to_string(::geteuid());
  at_.user = ::geteuid();
  ASSERT_EQ(0, ::mkdir(under_tmp.c_str(), 0777));
  ASSERT_EQ(0, ::chmod(under_tmp.c_str(), 0777));
  EXPECT_THAT(run_directory_candidates(at_), ElementsAre(at_.system_run, root_ + "/session/telltale"))
      << "open to everybody: not to be trusted";
  ASSERT_EQ(0, ::chmod(under_tmp.c_str(), 0700));
  EXPECT_THAT(run_directory_candidates(at_), ElementsAre(at_.system_run, root_ + "/session/telltale", under_tmp));
}

TEST_F(Paths, StateOfAUserIsUnderTheDataDirectory) {
  at_.data_directory = "/data/of/user";
  EXPECT_EQ("/data/of/user/telltale", user_state_directory(at_).value());
  if (::geteuid() != 0) {
    EXPECT_EQ("/data/of/user/telltale", state_directory(at_).value());
  }
  at_.data_directory.clear();
  EXPECT_EQ(ErrorCode::kUnavailable, user_state_directory(at_).error().code);
}

TEST_F(Paths, TheSocketLiesInTheRunDirectory) { EXPECT_EQ("/run/telltale/api.sock", api_socket_path("/run/telltale")); }

}  // namespace
}  // namespace telltale::core
