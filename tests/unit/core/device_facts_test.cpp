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

constexpr const char* kStatus =
    "Package: other\nStatus: install ok installed\nVersion: 9\n\n"
    "Package: telltale-dev\nStatus: install ok installed\nVersion: 8\n\n"
    "Package: telltale\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.4.0-2\n"
    "Description: a\n Version: of nothing\n\n"
    "Package: last\nStatus: deinstall ok config-files\nVersion: 3\n";

TEST(Package, VersionIsFoundInTheListOfPackages) {
  EXPECT_EQ(installed_version(kStatus, "telltale"), "1.4.0-2");
  EXPECT_EQ(installed_version(kStatus, "last"), "") << "removed, its configuration is left";
  EXPECT_EQ(installed_version(kStatus, "tell"), "");
  EXPECT_EQ(installed_version("", "telltale"), "");
  EXPECT_EQ(installed_version("Package: telltale", "telltale"), "");
}

TEST(Package, IsLookedAtAgainWhenTheListChanges) {
  const Folder folder;
  PackageWatch watch("telltale", folder.file("status"), folder.file("exe"));
  EXPECT_EQ(watch.state().installed, "");
  folder.write("status", kStatus);
  EXPECT_EQ(watch.state().installed, "1.4.0-2");
  EXPECT_FALSE(watch.state().restart);
  std::filesystem::create_symlink("/usr/bin/telltaled (deleted)", folder.file("exe"));
  EXPECT_TRUE(watch.state().restart) << "the kernel's way to say that the file is another one";
}

}  // namespace
}  // namespace telltale::core
