// telltale backup, restore
#include <filesystem>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json_text.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/store_files.h"
#include "daemon/store/files.h"
#include "daemon/tools/backup.h"
#include "daemon/tools/restore.h"

namespace telltale::cli {
namespace {

boost::json::array json_of(const std::vector<std::string>& texts) {
  boost::json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

// What is wrong with a file is no wrong usage, and no daemon that cannot be reached.
core::Error of_a_file(core::Error error) {
  if (error.code == core::ErrorCode::kInvalid || error.code == core::ErrorCode::kUnavailable) {
    error.code = core::ErrorCode::kIo;
  }
  return error;
}

Outcome tell_backup(const Arguments& arguments, const tools::BackupReport& report, const Output& output) {
  if (arguments.json) {
    output.raw(boost::json::serialize(boost::json::object{{"path", arguments.path},
                                                          {"bytes", report.bytes},
                                                          {"readings", report.readings},
                                                          {"carried", json_of(report.carried)},
                                                          {"findings", json_of(report.findings)}}) +
               '\n');
  } else {
    output.line(fmt::format("{}: {} readings, {}; verified", arguments.path, report.readings,
                            size_text(static_cast<double>(report.bytes))));
    if (!report.carried.empty()) output.line(fmt::format("with {}", fmt::join(report.carried, ", ")));
    for (const std::string& finding : report.findings) output.line("left out, as it cannot be read: " + finding);
  }
  return report.findings.empty() ? kExitDone : kExitFailed;
}

}  // namespace

Outcome run_backup(const Arguments& arguments, const Output& output) {
  Progress progress;
  tools::BackupOrder order;
  order.file = arguments.path;
  order.replace = arguments.force;
  order.progress = [&](std::uint64_t bytes) { progress.show(-1, "copied " + size_text(static_cast<double>(bytes))); };
  core::Result<tools::BackupReport> report = core::make_error(core::ErrorCode::kInternal, "nothing was done");
  if (!arguments.source.empty()) {
    std::error_code failed;
    const bool directory = std::filesystem::is_directory(arguments.source, failed);
    order.database = directory ? store::database_path(arguments.source) : arguments.source;
    if (directory && !arguments.no_config) {
      const std::string config = arguments.config_path.empty() ? "/etc/telltale/telltale.yaml" : arguments.config_path;
      order.carried = tools::carried_paths(arguments.source, config, arguments.with_secrets);
    }
    report = tools::make_backup(order);
    progress.clear();
    if (!report) return of_a_file(report.error());
    return tell_backup(arguments, *report, output);
  }
  auto client = connect(arguments);
  if (!client) return client.error();
  order.daemon = &*client;
  if (!arguments.no_config) {
    const bool elsewhere = !arguments.url.empty() && arguments.run_directory.empty();
    order.fetch_config = elsewhere;
    if (!elsewhere) {
      auto files = find_daemon_files(arguments);
      if (!files) return files.error();
      if (files->answered) order.carried = tools::carried_paths(files->state, files->config, arguments.with_secrets);
    }
  }
  report = tools::make_backup(order);
  progress.clear();
  if (!report) return report.error();
  return tell_backup(arguments, *report, output);
}

Outcome run_restore(const Arguments& arguments, const Output& output) {
  auto files = find_daemon_files(arguments);
  if (!files) return files.error();
  tools::RestoreOrder order;
  order.file = arguments.path;
  order.state_directory = files->state;
  order.config = arguments.config_path.empty() ? "/etc/telltale/telltale.yaml" : arguments.config_path;
  if (arguments.no_config) order.choice = tools::ConfigChoice::kLeave;
  if (arguments.replace_config) order.choice = tools::ConfigChoice::kReplace;
  const auto report = tools::restore_backup(order);
  if (!report) return of_a_file(report.error());
  if (arguments.json) {
    output.raw(boost::json::serialize(boost::json::object{{"readings", report->readings},
                                                          {"restored", json_of(report->restored)},
                                                          {"left", json_of(report->left)},
                                                          {"aside", report->aside}}) +
               '\n');
    return kExitDone;
  }
  output.line(fmt::format("restored {} readings", report->readings));
  for (const std::string& path : report->restored) output.line("  " + path);
  if (!report->left.empty()) {
    output.line(fmt::format("left as it was: {} (--replace-config takes the backup's)", fmt::join(report->left, ", ")));
  }
  if (!report->aside.empty()) output.line("what was there is in " + report->aside + ": remove it when all is well");
  return kExitDone;
}

}  // namespace telltale::cli
