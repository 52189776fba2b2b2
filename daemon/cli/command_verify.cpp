// telltale verify
#include <filesystem>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json_text.h"
#include "daemon/cli/store_files.h"
#include "daemon/core/units.h"
#include "daemon/store/files.h"
#include "daemon/store/verify.h"

namespace telltale::cli {
namespace {

core::WallTime wall(std::int64_t ns) { return core::WallTime(core::Duration(ns)); }

std::string cost_of(const store::Finding& finding) {
  std::string text;
  if (!finding.series.empty()) {
    text += fmt::format(
        "series {}", fmt::join(finding.series.begin(),
                               finding.series.begin() + std::min<std::ptrdiff_t>(5, std::ssize(finding.series)), ", "));
    if (finding.series.size() > 5) text += fmt::format(" and {} more", finding.series.size() - 5);
  }
  if (finding.span) {
    if (!text.empty()) text += ", ";
    text +=
        "from " + core::format_time(wall(finding.span->first)) + " to " + core::format_time(wall(finding.span->second));
  }
  return text;
}

void print_json(const std::string& path, const store::VerifyReport& report, const Output& output) {
  boost::json::array findings;
  for (const store::Finding& finding : report.findings) {
    boost::json::object item{{"what", finding.what}};
    boost::json::array series;
    for (const std::string& key : finding.series) series.emplace_back(key);
    item["series"] = std::move(series);
    if (finding.span) {
      item["from"] = core::to_ms(wall(finding.span->first));
      item["to"] = core::to_ms(wall(finding.span->second));
    }
    findings.push_back(std::move(item));
  }
  output.raw(boost::json::serialize(boost::json::object{{"path", path},
                                                        {"ok", report.findings.empty()},
                                                        {"schema", report.schema},
                                                        {"bytes", report.bytes},
                                                        {"blocks", report.blocks},
                                                        {"readings", report.readings},
                                                        {"findings", std::move(findings)},
                                                        {"more_findings", report.more_findings}}) +
             '\n');
}

void print_text(const std::string& path, const store::VerifyReport& report, const Output& output) {
  output.line(fmt::format("{}: {} readings in {} blocks, {}", path, report.readings, report.blocks,
                          size_text(static_cast<double>(report.bytes))));
  for (const store::Finding& finding : report.findings) {
    output.line("damaged: " + finding.what);
    if (const std::string cost = cost_of(finding); !cost.empty()) output.line("    lost: " + cost);
  }
  if (report.more_findings > 0) output.line(fmt::format("and {} more", report.more_findings));
  if (report.findings.empty()) {
    output.line("all is well");
    return;
  }
  output.line("The rest can be read. To have a sound file again: telltale backup --from " + path +
              " saved.backup, stop the daemon, telltale restore saved.backup");
}

core::Result<std::string> path_of(const Arguments& arguments) {
  std::string path = arguments.path;
  if (path.empty()) {
    auto files = find_daemon_files(arguments);
    if (!files) return files.error();
    path = files->state;
  }
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) path = store::database_path(path);
  if (!std::filesystem::exists(path, failed)) {
    return core::make_error(core::ErrorCode::kNotFound, "there is no such file; say which one, or --state DIR", path);
  }
  return path;
}

}  // namespace

Outcome run_verify(const Arguments& arguments, const Output& output) {
  const auto path = path_of(arguments);
  if (!path) return path.error();
  const auto report = store::verify_file(*path);
  if (!report) {
    core::Error error = report.error().in(*path);
    error.code = core::ErrorCode::kIo;  // what is wrong with a file is no wrong usage
    return error;
  }
  if (arguments.json) {
    print_json(*path, *report, output);
  } else {
    print_text(*path, *report, output);
  }
  return report->findings.empty() ? kExitDone : kExitFailed;
}

}  // namespace telltale::cli
