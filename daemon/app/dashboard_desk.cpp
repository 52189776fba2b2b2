#include "daemon/app/dashboard_desk.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "daemon/config/dashboards.h"
#include "daemon/config/read_file.h"
#include "daemon/core/escape.h"
#include "daemon/core/replace_file.h"
#include "daemon/core/utf8.h"

namespace telltale::app {

namespace {

constexpr std::string_view kEnding = ".yaml";
constexpr mode_t kMode = 0644;

core::Error no_such(const std::string& name) {
  return core::make_error(
      core::ErrorCode::kNotFound,
      "there is no dashboard '" + core::escape_line(core::cut_utf8(name, 64)) + "': GET /api/v1/dashboards lists them");
}

core::Error changed_meanwhile(const std::string& name) {
  return core::make_error(core::ErrorCode::kConflict,
                          "somebody changed the dashboard in the meantime: read it again and make the change there",
                          name);
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
         a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

// All that a dashboard says, as text of no language: for its version.
void append_content(std::string& out, const core::ConfigNode& node) {
  out += fmt::format("{}:{}:{};{}:{};{}[", static_cast<int>(node.type), node.key.size(), node.key, node.scalar.size(),
                     node.scalar, node.quoted ? 1 : 0);
  for (const core::ConfigNode& child : node.children) append_content(out, child);
  out += ']';
}

std::string title_of(const core::ConfigNode& document, const std::string& name) {
  const core::ConfigNode* const title = document.find("title");
  return title == nullptr || title->scalar.empty() ? name : std::string(core::cut_utf8(title->scalar, 200));
}

core::DashboardPtr parsed(const std::string& name, const std::string& path, std::string text) {
  auto dashboard = std::make_shared<core::Dashboard>();
  config::DashboardOutcome loaded = config::load_dashboard({path, text}, name);
  dashboard->name = name;
  dashboard->title = title_of(loaded.document, name);
  dashboard->file = path;
  dashboard->version = core::version_of(text);
  dashboard->text = std::move(text);
  dashboard->document = std::move(loaded.document);
  dashboard->diagnostics = std::move(loaded.diagnostics);
  dashboard->report = std::move(loaded.report);
  return dashboard;
}

core::DashboardOutcome refused(const std::string& why) {
  core::DashboardOutcome outcome;
  outcome.diagnostics.error({}, why);
  outcome.report = why + "\n";
  return outcome;
}

// A file that cannot be read is a dashboard whose text has an error.
core::DashboardPtr unreadable(const std::string& name, const std::string& path, const core::Error& error) {
  auto dashboard = std::make_shared<core::Dashboard>();
  dashboard->name = name;
  dashboard->title = name;
  dashboard->file = path;
  dashboard->version = core::version_of(error.message);
  dashboard->diagnostics.error({}, error.message);
  dashboard->report = dashboard->diagnostics.render(path, "");
  return dashboard;
}

}  // namespace

std::string DashboardDesk::path_of(const std::string& name) const {
  return directory_ + "/" + name + std::string(kEnding);
}

void DashboardDesk::set_configured(const std::vector<core::ConfigNode>& dashboards) {
  std::map<std::string, core::DashboardPtr> fresh;
  for (const core::ConfigNode& document : dashboards) {
    auto dashboard = std::make_shared<core::Dashboard>();
    dashboard->name = document.find("name")->scalar;
    dashboard->title = title_of(document, dashboard->name);
    dashboard->file = config_file_;
    std::string content;
    append_content(content, document);
    dashboard->version = core::version_of(content);
    dashboard->in_config = true;
    dashboard->document = document;
    fresh.emplace(dashboard->name, std::move(dashboard));
  }
  const core::MutexLock lock(mutex_);
  configured_ = std::move(fresh);
}

core::Result<std::vector<std::string>> DashboardDesk::names() const {
  std::set<std::string> found;
  std::error_code failure;
  std::filesystem::directory_iterator at(directory_, failure);
  if (failure == std::errc::no_such_file_or_directory) return std::vector<std::string>{};
  if (failure) return core::errno_error(failure.value(), "read the directory", directory_);
  for (; at != std::filesystem::directory_iterator(); at.increment(failure)) {
    const std::string file = at->path().filename().string();
    if (!file.ends_with(kEnding)) continue;
    std::string name = file.substr(0, file.size() - kEnding.size());
    if (config::is_dashboard_name(name)) found.insert(std::move(name));
    if (found.size() > config::kMaxDashboards) found.erase(std::prev(found.end()));
    if (failure) break;
  }
  return std::vector<std::string>(found.begin(), found.end());
}

core::Result<core::DashboardPtr> DashboardDesk::look(const std::string& name) {
  const std::string path = path_of(name);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    files_.erase(name);
    if (errno == ENOENT || errno == ENOTDIR) return no_such(name);
    return core::errno_error(errno, "look at", path);
  }
  const auto known = files_.find(name);
  if (known != files_.end() && same_file(known->second.status, status)) return known->second.dashboard;
  auto text = config::read_file(path, config::kMaxDashboardBytes);
  auto dashboard = text ? parsed(name, path, std::move(*text)) : unreadable(name, path, text.error());
  if (files_.size() > 2 * config::kMaxDashboards) files_.clear();
  files_[name] = {status, dashboard};
  return dashboard;
}

core::Result<core::DashboardPtr> DashboardDesk::find(const std::string& name) {
  if (!config::is_dashboard_name(name)) return no_such(name);
  const auto configured = configured_.find(name);
  if (configured != configured_.end()) return configured->second;
  return look(name);
}

core::Result<std::vector<core::DashboardPtr>> DashboardDesk::list() {
  const core::MutexLock lock(mutex_);
  auto files = names();
  if (!files) return files.error();
  std::map<std::string, core::DashboardPtr> all = configured_;
  for (const std::string& name : *files) {
    if (all.size() >= config::kMaxDashboards) break;
    if (all.contains(name)) continue;
    if (auto dashboard = look(name)) all.emplace(name, std::move(*dashboard));
  }
  std::vector<core::DashboardPtr> list;
  list.reserve(all.size());
  for (auto& [name, dashboard] : all) list.push_back(std::move(dashboard));
  return list;
}

core::Result<core::DashboardPtr> DashboardDesk::read(const std::string& name) {
  const core::MutexLock lock(mutex_);
  return find(name);
}

core::Result<void> DashboardDesk::write(const std::string& name, const std::string& text, bool is_new) {
  const std::string path = path_of(name);
  const std::string fresh = path + ".new";
  std::error_code failure;
  std::filesystem::create_directories(directory_, failure);
  if (failure) return core::errno_error(failure.value(), "make the directory", directory_);
  auto written = is_new ? core::write_new(fresh, text, kMode) : core::write_like(fresh, text, path);
  if (!written) {
    ::unlink(fresh.c_str());
    return written.error();
  }
  const std::string kept = path + ".1";
  if (!is_new) {
    ::unlink(kept.c_str());
    // A second name for what stands there: at no moment is there no dashboard.
    if (::link(path.c_str(), kept.c_str()) != 0 && errno != EPERM) return core::errno_error(errno, "keep", path);
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return core::errno_error(error, "replace", path);
  }
  core::sync_directory_of(path);
  return {};
}

core::Result<core::DashboardOutcome> DashboardDesk::change(const core::DashboardChange& change) {
  const core::MutexLock lock(mutex_);
  if (!config::is_dashboard_name(change.name)) {
    return core::make_error(core::ErrorCode::kInvalid,
                            "a dashboard's name is small letters, digits, '-' and '_', at most 64");
  }
  if (change.text.size() > config::kMaxDashboardBytes) return refused("the dashboard is larger than 256 KiB");
  const auto present = find(change.name);
  if (!present && present.error().code != core::ErrorCode::kNotFound) return present.error();
  if (present && (*present)->in_config) {
    return core::make_error(core::ErrorCode::kDenied, "it is declared in the configuration file: change it there",
                            change.name);
  }
  if (present && change.must_be_new) {
    return core::make_error(core::ErrorCode::kConflict, "there is a dashboard of that name", change.name);
  }
  const std::string version = present ? (*present)->version : std::string();
  if (!change.expected_version.empty() && change.expected_version != version) return changed_meanwhile(change.name);
  const auto fresh = parsed(change.name, path_of(change.name), change.text);
  core::DashboardOutcome outcome{fresh->diagnostics, fresh->report, false, !present, version};
  if (fresh->diagnostics.has_errors() || change.only_check) return outcome;
  const auto there = names();
  if (!present && there && there->size() >= config::kMaxDashboards) {
    return refused(fmt::format("there are {} dashboards already", config::kMaxDashboards));
  }
  if (!present || version != fresh->version) {
    if (auto written = write(change.name, change.text, !present); !written) return written.error();
  }
  outcome.version = fresh->version;
  outcome.applied = true;
  return outcome;
}

core::Result<void> DashboardDesk::remove(const std::string& name, const std::string& expected_version) {
  const core::MutexLock lock(mutex_);
  const auto present = find(name);
  if (!present) return present.error();
  if ((*present)->in_config) {
    return core::make_error(core::ErrorCode::kDenied, "it is declared in the configuration file: change it there",
                            name);
  }
  if (!expected_version.empty() && expected_version != (*present)->version) return changed_meanwhile(name);
  const std::string path = path_of(name);
  if (std::rename(path.c_str(), (path + ".1").c_str()) != 0) return core::errno_error(errno, "take away", path);
  core::sync_directory_of(path);
  files_.erase(name);
  return {};
}

}  // namespace telltale::app
