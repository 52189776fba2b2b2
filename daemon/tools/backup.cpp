#include "daemon/tools/backup.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/copy_builder.h"
#include "daemon/store/copy_reader.h"
#include "daemon/store/verify.h"
#include "daemon/tools/fresh_file.h"

namespace telltale::tools {

namespace {

constexpr std::size_t kMostFile = 4U << 20U;
constexpr std::size_t kMostDashboards = 500;
constexpr std::chrono::seconds kPatience{180};

core::Result<void> fetch(net::Client& daemon, store::CopyBuilder& builder, const BackupOrder& order) {
  core::Result<void> taken;
  net::ClientRequest request;
  request.path = "/api/v1/backup";
  request.timeout = kPatience;
  const auto done = daemon.download(request, [&](std::string_view chunk) {
    taken = builder.take(chunk);
    if (order.progress) order.progress(builder.bytes());
    return taken.has_value();
  });
  return taken ? done : taken;
}

core::Result<void> read(const std::string& database, store::CopyBuilder& builder, const BackupOrder& order) {
  auto copy = store::CopyReader::open(database, "");
  if (!copy) return copy.error();
  for (;;) {
    auto piece = (*copy)->next();
    if (!piece) return piece.error();
    if (piece->empty()) return {};
    if (auto taken = builder.take(*piece); !taken) return taken;
    if (order.progress) order.progress(builder.bytes());
  }
}

class Carrier {
 public:
  Carrier(store::CopyBuilder& builder, BackupReport& report) : builder_(builder), report_(report) {}

  core::Result<void> put(const std::string& name, std::string data, std::uint32_t mode) {
    if (auto done = builder_.carry({name, mode, std::move(data)}); !done) return done;
    report_.carried.push_back(name);
    return {};
  }
  core::Result<void> file(const std::string& name, const std::string& path) {
    if (path.empty()) return {};
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return core::errno_error(errno, "look at", path);
    auto text = read_small_file(path, kMostFile);
    if (!text) return text.error();
    return put(name, std::move(*text), status.st_mode & 0777U);
  }
  core::Result<void> dashboards(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.ends_with(".yaml") && !name.starts_with('.')) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    names.resize(std::min(names.size(), kMostDashboards));
    for (const std::string& name : names) {
      if (auto done = file("dashboards/" + name, directory + "/" + name); !done) return done;
    }
    return {};
  }

 private:
  store::CopyBuilder& builder_;
  BackupReport& report_;
};

core::Result<void> carry(const BackupOrder& order, store::CopyBuilder& builder, BackupReport& report) {
  Carrier carrier(builder, report);
  if (order.fetch_config) {
    auto text = order.daemon->get({.path = "/api/v1/config"});
    if (!text && text.error().code != core::ErrorCode::kNotFound) return text.error();
    if (!text) return {};
    return carrier.put("telltale.yaml", std::move(*text), 0640);
  }
  auto done = carrier.file("telltale.yaml", order.carried.config);
  if (done && !order.carried.config.empty())
    done = carrier.dashboards(directory_of(order.carried.config) + "/dashboards");
  if (done) done = carrier.file("secrets.yaml", order.carried.secrets);
  if (done) done = carrier.file("accounts.json", order.carried.accounts);
  return done;
}

std::string if_readable(const std::string& path) { return ::access(path.c_str(), R_OK) == 0 ? path : std::string(); }

}  // namespace

CarriedPaths carried_paths(const std::string& state_directory, const std::string& config, bool with_secrets) {
  CarriedPaths paths;
  paths.config = if_readable(config);
  paths.accounts = if_readable(state_directory + "/accounts.json");
  if (with_secrets && !paths.config.empty()) paths.secrets = if_readable(directory_of(config) + "/secrets.yaml");
  return paths;
}

core::Result<BackupReport> make_backup(const BackupOrder& order) {
  auto file = FreshFile::at(order.file, order.replace ? FreshFile::Existing::kReplace : FreshFile::Existing::kRefuse);
  if (!file) return file.error();
  BackupReport report;
  {
    auto builder = store::CopyBuilder::create(file->temporary());
    if (!builder) return builder.error();
    auto done = order.daemon != nullptr ? fetch(*order.daemon, *builder, order) : read(order.database, *builder, order);
    if (done) done = carry(order, *builder, report);
    if (done) done = builder->finish(false);
    if (!done) return done.error();
    report.findings = builder->findings();
  }
  auto verified = store::verify_file(file->temporary());
  if (!verified) return verified.error();
  if (!verified->findings.empty()) {
    return core::make_error(core::ErrorCode::kCorrupt,
                            "what was written cannot be read back: " + verified->findings.front().what, order.file);
  }
  report.bytes = verified->bytes;
  report.readings = verified->readings;
  if (auto kept = file->keep(); !kept) return kept.error();
  return report;
}

}  // namespace telltale::tools
