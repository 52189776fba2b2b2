#include "daemon/cli/validation_text.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/core/escape.h"

namespace telltale::cli {

namespace json = boost::json;
using validator::CaseInfo;
using validator::CaseResult;
using validator::Report;
using validator::Status;

namespace {

constexpr Status kStatuses[] = {Status::kPassed, Status::kFailed, Status::kSkipped, Status::kCrashed,
                                Status::kTimedOut};

std::string_view mark_of(Status status) {
  if (status == Status::kPassed) return "✓";
  return status == Status::kSkipped ? "–" : "✗";
}

}  // namespace

std::string case_text(const CaseResult& result) {
  std::string text = fmt::format("{} {}: {}", mark_of(result.status), result.info.id, result.info.sentence);
  if (result.status != Status::kPassed) text += fmt::format(" [{}]", validator::to_text(result.status));
  text += '\n';
  if (!result.detail.empty() && result.status != Status::kPassed) {
    text += "    " + core::escape_line(result.detail) + '\n';
  }
  if (validator::is_bad(result.status)) text += fmt::format("    To mend it: {}\n", result.info.mend);
  return text;
}

std::string summary_text(const Report& report) {
  std::string text = fmt::format("{} cases", report.cases.size());
  if (!report.plugin.empty()) text = fmt::format("{} {}: ", report.plugin, report.version) + text;
  const char* separator = ": ";
  for (const Status status : kStatuses) {
    if (report.count(status) == 0) continue;
    text += fmt::format("{}{} {}", separator, report.count(status), validator::to_text(status));
    separator = ", ";
  }
  return text;
}

json::value report_json(const std::string& file, const Report& report) {
  json::array cases;
  for (const CaseResult& one : report.cases) {
    cases.push_back(json::object{{"id", one.info.id},
                                 {"status", validator::to_text(one.status)},
                                 {"sentence", one.info.sentence},
                                 {"detail", one.detail},
                                 {"mend", one.info.mend},
                                 {"ms", one.took.count()}});
  }
  return json::object{{"file", file},
                      {"plugin", report.plugin},
                      {"version", report.version},
                      {"cases", std::move(cases)},
                      {"passed", report.count(Status::kPassed)},
                      {"failed", report.count(Status::kFailed)},
                      {"skipped", report.count(Status::kSkipped)},
                      {"crashed", report.count(Status::kCrashed)},
                      {"timed_out", report.count(Status::kTimedOut)}};
}

std::string list_text(std::span<const CaseInfo> cases) {
  std::string text;
  for (const CaseInfo& one : cases) text += fmt::format("{}\t{}\t{}\n", one.id, one.sentence, one.mend);
  return text;
}

json::value list_json(std::span<const CaseInfo> cases) {
  json::array list;
  for (const CaseInfo& one : cases) {
    list.push_back(json::object{{"id", one.id}, {"sentence", one.sentence}, {"mend", one.mend}});
  }
  return list;
}

}  // namespace telltale::cli
