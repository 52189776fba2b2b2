#include "daemon/core/package.h"

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace telltale::core {

namespace {

constexpr std::size_t kMostOfAVersion = 256;

std::string first_line_of(const std::string& file) {
  std::array<char, kMostOfAVersion> line{};
  std::ifstream(file).getline(line.data(), line.size());
  return line.data();
}

// The kernel says so behind the name of a file that has been replaced or removed.
bool is_replaced(const std::string& program) {
  std::array<char, 4'096> target{};
  const auto length = ::readlink(program.c_str(), target.data(), target.size());
  return length > 0 && std::string_view(target.data(), static_cast<std::size_t>(length)).ends_with(" (deleted)");
}

}  // namespace

PackageWatch::PackageWatch(std::string version_file, std::string program)
    : version_file_(std::move(version_file)), program_(std::move(program)) {}

PackageState PackageWatch::state() const { return {first_line_of(version_file_), is_replaced(program_)}; }

}  // namespace telltale::core
