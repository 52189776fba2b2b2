#include "daemon/host/plugin_finder.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/host/describe_plugin.h"

namespace telltale::host {

namespace {

namespace fs = std::filesystem;

bool is_word(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

PluginFinder::PluginFinder(std::vector<std::string> directories, std::string host_program)
    : directories_(std::move(directories)), host_program_(std::move(host_program)) {}

std::vector<std::string> PluginFinder::files() const {
  std::vector<std::string> files;
  for (const std::string& directory : directories_) {
    std::vector<std::string> here;
    std::error_code failed;
    for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed)) {
      if (entry->path().extension() == ".so") here.push_back(entry->path().native());
    }
    std::sort(here.begin(), here.end());
    files.insert(files.end(), here.begin(), here.end());
  }
  return files;
}

void PluginFinder::look_into(const std::vector<std::string>& files) {
  std::vector<std::string> unknown;
  std::vector<FileVersion> versions;
  for (const std::string& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) {
      known_.erase(file);
      continue;
    }
    const FileVersion version{status.st_size, status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec,
                              status.st_ino};
    const auto known = known_.find(file);
    if (known != known_.end() && known->second.version == version) continue;
    unknown.push_back(file);
    versions.push_back(version);
  }
  auto answers = describe_plugins(host_program_, unknown);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    known_.insert_or_assign(unknown[i], Known{versions[i], std::move(answers[i])});
  }
}

std::map<std::string, core::PluginDescription> PluginFinder::usable() {
  const std::vector<std::string> found = files();
  look_into(found);
  std::map<std::string, core::PluginDescription> plugins;
  for (const std::string& file : found) {
    const auto known = known_.find(file);
    if (known == known_.end() || !known->second.description) continue;
    plugins.emplace(known->second.description->name, *known->second.description);
  }
  return plugins;
}

core::Result<core::PluginDescription> PluginFinder::find(std::string_view name) {
  const core::MutexLock lock(mutex_);
  std::optional<core::Error> broken;
  if (is_word(name)) {
    for (const std::string& directory : directories_) {
      const std::string file = (fs::path(directory) / (std::string(name) + ".so")).native();
      look_into({file});
      const auto known = known_.find(file);
      if (known == known_.end()) continue;
      if (known->second.description && known->second.description->name == name) return known->second.description;
      if (!known->second.description && !broken) broken = known->second.description.error();
    }
  }
  if (broken) return *broken;
  const auto plugins = usable();
  if (const auto found = plugins.find(std::string(name)); found != plugins.end()) return found->second;
  std::vector<std::string> words;
  words.reserve(plugins.size());
  for (const auto& [word, description] : plugins) words.push_back(word);
  std::string message = "there is no plugin '" + core::escape_line(name) + "'";
  if (const std::string near = core::nearest_word(name, words); !near.empty())
    message += "; did you mean " + near + "?";
  return core::make_error(core::ErrorCode::kNotFound, std::move(message));
}

std::vector<std::string> PluginFinder::names() {
  const core::MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, description] : usable()) names.push_back(name);
  return names;
}

std::vector<core::PluginDescription> PluginFinder::all() {
  const core::MutexLock lock(mutex_);
  std::vector<core::PluginDescription> all;
  for (auto& [name, description] : usable()) all.push_back(std::move(description));
  return all;
}

std::vector<core::Error> PluginFinder::problems() {
  const core::MutexLock lock(mutex_);
  const std::vector<std::string> found = files();
  look_into(found);
  std::vector<core::Error> problems;
  for (const std::string& file : found) {
    const auto known = known_.find(file);
    if (known != known_.end() && !known->second.description) problems.push_back(known->second.description.error());
  }
  return problems;
}

}  // namespace telltale::host
