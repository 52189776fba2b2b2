// What the device says of itself without asking anybody: its time zone, the package that is installed.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "daemon/core/package.h"
#include "daemon/core/system_zone.h"

namespace telltale::core {
namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "telltale-facts-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }
  void write(const char* name, const std::string& text) const { std::ofstream(path_ / name) << text; }

 private:
  std::filesystem::path path_;
};

TEST(SystemZone, IsNamedByVariableLinkOrFile) {
  const Folder folder;
  std::filesystem::create_symlink("/usr/share/zoneinfo/Europe/Berlin", folder.file("localtime"));
  folder.write("timezone", "Asia/Tokyo\n");
  ZoneSurroundings around{"", folder.file("localtime"), folder.file("timezone")};
  EXPECT_EQ(system_zone(around), "Europe/Berlin");
  around.variable = ":America/New_York";
  EXPECT_EQ(system_zone(around), "America/New_York");
  around.variable = "CET-1CEST";
  EXPECT_EQ(system_zone(around), "") << "a rule has no name";
  around.variable = "../../etc/passwd";
  EXPECT_EQ(system_zone(around), "");
  around = {"", folder.file("none"), folder.file("timezone")};
  EXPECT_EQ(system_zone(around), "Asia/Tokyo");
  around.name_file = folder.file("none");
  EXPECT_EQ(system_zone(around), "UTC");
}

TEST(Package, SaysWhichVersionIsInstalledAndWhetherAnotherOneRuns) {
  const Folder folder;
  const PackageWatch watch(folder.file("version"), folder.file("exe"));
  EXPECT_EQ(watch.state().installed, "") << "not installed as a package";
  folder.write("version", "1.4.0-2\n");
  EXPECT_EQ(watch.state().installed, "1.4.0-2");
  EXPECT_FALSE(watch.state().restart);
  folder.write("version", std::string(1'000'000, 'x'));
  EXPECT_LT(watch.state().installed.size(), 1'000U);
  std::filesystem::create_symlink("/usr/bin/telltaled (deleted)", folder.file("exe"));
  EXPECT_TRUE(watch.state().restart) << "the kernel's way to say that the file is another one";
}

}  // namespace
}  // namespace telltale::core
