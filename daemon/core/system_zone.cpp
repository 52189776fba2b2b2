#include "daemon/core/system_zone.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "daemon/core/time_zone.h"

namespace telltale::core {

namespace {

bool is_known(std::string_view name) { return !name.empty() && TimeZone::load(name).has_value(); }

// What stands behind `zoneinfo/` in the place that the link names.
std::string named_by_link(const std::string& link) {
  std::error_code failed;
  const std::string target = std::filesystem::read_symlink(link, failed).string();
  constexpr std::string_view kFolder = "zoneinfo/";
  const auto at = target.find(kFolder);
  return failed || at == std::string::npos ? std::string() : target.substr(at + kFolder.size());
}

std::string named_in(const std::string& file) {
  std::ifstream in(file);
  std::string name;
  std::getline(in, name);
  return name;
}

}  // namespace

ZoneSurroundings ZoneSurroundings::of_this_process() {
  ZoneSurroundings out;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  if (const char* const variable = std::getenv("TZ")) out.variable = variable;
  return out;
}

std::string system_zone(const ZoneSurroundings& surroundings) {
  std::string_view variable = surroundings.variable;
  if (variable.starts_with(':')) variable.remove_prefix(1);
  if (!variable.empty()) return is_known(variable) ? std::string(variable) : std::string();
  for (std::string name : {named_by_link(surroundings.link), named_in(surroundings.name_file)}) {
    if (is_known(name)) return name;
  }
  // Without any setting the system's clock is that of UTC.
  return std::filesystem::exists(surroundings.link) ? std::string() : std::string("UTC");
}

}  // namespace telltale::core
