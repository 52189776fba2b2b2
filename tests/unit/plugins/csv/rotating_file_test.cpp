#include "plugins/csv/rotating_file.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <telltale/cpp/errors.hpp>

namespace telltale::csv {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

class RotatingFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string form = (fs::temp_directory_path() / "telltale-csv-XXXXXX").string();
    directory_ = ::mkdtemp(form.data());
    settings_.directory = directory_.string();
    settings_.name = "r";
    settings_.sync = Sync::kNever;
  }
  void TearDown() override { fs::remove_all(directory_); }

  RotatingFile file() {
    return RotatingFile(settings_, "h\n", [this] { return now_; });
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(directory_)) all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }
  std::string text(const std::string& name) const {
    std::ifstream in(directory_ / name);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }

  fs::path directory_;
  FileSettings settings_;
  system_clock::time_point now_{seconds(1'700'000'000)};  // 2023-11-14T22:13:20Z
};

using Names = std::vector<std::string>;

TEST_F(RotatingFiles, AreClosedBySize) {
  settings_.size = 6;
  RotatingFile it = file();
  it.append("1\n");
  it.append("2\n");
  it.append("3\n");
  EXPECT_EQ(names(), (Names{"r-20231114T221320Z-001.csv", "r-20231114T221320Z-002.csv.part"}));
  EXPECT_EQ(text("r-20231114T221320Z-001.csv"), "h\n1\n2\n");
  EXPECT_EQ(text("r-20231114T221320Z-002.csv.part"), "h\n3\n");
}

TEST_F(RotatingFiles, AreClosedAtTheEndOfTheDay) {
  RotatingFile it = file();
  it.append("1\n");
  now_ += hours(1);
  it.append("2\n");
  now_ += hours(1);
  it.append("3\n");
  EXPECT_EQ(names(), (Names{"r-20231114T221320Z-001.csv", "r-20231115T001320Z-001.csv.part"}));
  EXPECT_EQ(text("r-20231114T221320Z-001.csv"), "h\n1\n2\n");
}

TEST_F(RotatingFiles, AreTakenUpAgainWithoutALineThatWasCutOff) {
  file().append("1\n");
  const std::string name = "r-20231114T221320Z-001.csv.part";
  { std::ofstream(directory_ / name, std::ios::app) << "cut o"; }
  { std::ofstream(directory_ / "r-20231113T000000Z-001.csv.part") << "h\nold\n"; }
  now_ += seconds(60);
  file().append("2\n");
  EXPECT_EQ(names(), (Names{"r-20231113T000000Z-001.csv", name}));
  EXPECT_EQ(text(name), "h\n1\n2\n");
}

TEST_F(RotatingFiles, AreKeptUpToANumber) {
  settings_.size = 4;
  settings_.keep = 2;
  { std::ofstream(directory_ / "r-other.csv") << "not ours"; }
  RotatingFile it = file();
  for (int i = 0; i < 6; ++i) it.append("1\n");
  EXPECT_EQ(it.removed(), 3U);
  EXPECT_EQ(names(), (Names{"r-20231114T221320Z-004.csv", "r-20231114T221320Z-005.csv",
                            "r-20231114T221320Z-006.csv.part", "r-other.csv"}));
}

TEST_F(RotatingFiles, AreCompressedOnceTheyAreClosed) {
  settings_.size = 4;
  settings_.gzip = true;
  RotatingFile it = file();
  it.append("1\n");
  it.append("2\n");
  EXPECT_EQ(names(), (Names{"r-20231114T221320Z-001.csv.gz", "r-20231114T221320Z-002.csv.part"}));
  gzFile packed = gzopen((directory_ / "r-20231114T221320Z-001.csv.gz").c_str(), "rb");
  std::string unpacked(100, '\0');
  unpacked.resize(static_cast<std::size_t>(gzread(packed, unpacked.data(), 100)));
  gzclose(packed);
  EXPECT_EQ(unpacked, "h\n1\n");
}

TEST_F(RotatingFiles, HoldABatchWholeOrNotAtAll) {
  RotatingFile it = file();
  it.append("1\n");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(it.append("a line that is too long\n"), IoError);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(text("r-20231114T221320Z-001.csv.part"), "h\n1\n");
  it.append("2\n");
  EXPECT_EQ(text("r-20231114T221320Z-001.csv.part"), "h\n1\n2\n");
}

TEST_F(RotatingFiles, SayWhyThereAreNone) {
  settings_.directory += "/not-there";
  try {
    file().append("1\n");
    FAIL();
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("not-there: No such file"), std::string::npos) << error.what();
  }
}

TEST_F(RotatingFiles, AreBegunAnewWhenSomebodyRemovesOne) {
  RotatingFile it = file();
  it.append("1\n");
  fs::remove(directory_ / "r-20231114T221320Z-001.csv.part");
  it.append("2\n");
  EXPECT_EQ(text("r-20231114T221320Z-002.csv.part"), "h\n2\n");
}

}  // namespace
}  // namespace telltale::csv
