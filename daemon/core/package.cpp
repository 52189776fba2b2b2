#include "daemon/core/package.h"

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace telltale::core {

namespace {

constexpr std::size_t kMostOfAField = 1'024;

// One stanza's fields, as the lines come.
struct Stanza {
  bool wanted = false;
  bool installed = false;
  std::string version;

  void take(std::string_view line, std::string_view package) {
    const auto value = [&](std::string_view name) {
      if (!line.starts_with(name)) return std::string_view();
      std::string_view rest = line.substr(name.size(), kMostOfAField);
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      return rest;
    };
    if (const auto name = value("Package:"); !name.empty()) wanted = name == package;
    if (const auto state = value("Status:"); !state.empty()) installed = state.ends_with(" installed");
    if (const auto text = value("Version:"); !text.empty()) version = text;
  }
  [[nodiscard]] bool found() const { return wanted && installed && !version.empty(); }
};

std::string version_in(std::istream& lines, std::string_view package) {
  Stanza stanza;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      stanza.take(line, package);
      continue;
    }
    if (stanza.found()) return stanza.version;
    stanza = {};
  }
  return stanza.found() ? stanza.version : std::string();
}

std::int64_t changed_at(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return 0;
  return std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec;
}

// The kernel says so behind the name of a file that has been replaced or removed.
bool is_replaced(const std::string& program) {
  std::array<char, 4'096> target{};
  const auto length = ::readlink(program.c_str(), target.data(), target.size());
  return length > 0 && std::string_view(target.data(), static_cast<std::size_t>(length)).ends_with(" (deleted)");
}

}  // namespace

std::string installed_version(std::string_view status, std::string_view package) {
  std::istringstream lines{std::string(status)};
  return version_in(lines, package);
}

PackageWatch::PackageWatch(std::string package, std::string status_file, std::string program)
    : package_(std::move(package)), status_file_(std::move(status_file)), program_(std::move(program)) {}

PackageState PackageWatch::state() {
  const std::int64_t changed = changed_at(status_file_);
  const MutexLock lock(mutex_);
  if (changed != changed_) {
    std::ifstream lines(status_file_);
    version_ = version_in(lines, package_);
    changed_ = changed;
  }
  return {version_, is_replaced(program_)};
}

}  // namespace telltale::core
