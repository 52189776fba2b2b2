// telltale plugin validate
#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/validation_text.h"

namespace telltale::cli {

namespace {

using core::ErrorCode;
using core::make_error;
using validator::CaseInfo;
using validator::CaseResult;

// Prints results in the table's order, each as soon as those before it are there; on a terminal also how far it is.
class Progress {
 public:
  Progress(const Output& output, std::vector<std::string_view> order) : output_(output), order_(std::move(order)) {}

  void ended(const CaseResult& result) {
    waiting_.emplace(result.info.id, result);
    clear();
    for (auto next = waiting_.end(); printed_ < order_.size(); ++printed_, waiting_.erase(next)) {
      next = waiting_.find(order_[printed_]);
      if (next == waiting_.end()) break;
      output_.raw(case_text(next->second));
    }
    output_.flush();
    ++ended_;
    if (output_.terminal() && ended_ < order_.size()) fmt::print(stderr, "{} of {} cases …", ended_, order_.size());
  }

 private:
  void clear() const {
    if (output_.terminal()) fmt::print(stderr, "\r\x1b[K");
  }

  const Output& output_;
  std::vector<std::string_view> order_;
  std::map<std::string_view, CaseResult> waiting_;
  std::size_t printed_ = 0;
  std::size_t ended_ = 0;
};

core::Result<validator::Request> request_of(const Arguments& arguments, const std::vector<CaseInfo>& cases) {
  if (arguments.library.empty()) return make_error(ErrorCode::kInvalid, "which library? Give its file, build/NAME.so");
  validator::Request request;
  request.file = arguments.library;
  request.only = arguments.cases;
  for (const std::string& id : arguments.cases) {
    const bool known = std::any_of(cases.begin(), cases.end(), [&](const CaseInfo& one) { return one.id == id; });
    if (!known) return make_error(ErrorCode::kInvalid, "there is no case '" + id + "'; --list names them all");
  }
  for (const std::string& text : arguments.option_texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return make_error(ErrorCode::kInvalid, "'" + text + "' is not like KEY=VALUE");
    }
    request.options.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return request;
}

std::vector<std::string_view> order_of(const std::vector<CaseInfo>& cases, const std::vector<std::string>& only) {
  std::vector<std::string_view> order;
  for (const CaseInfo& one : cases) {
    if (only.empty() || std::find(only.begin(), only.end(), one.id) != only.end()) order.push_back(one.id);
  }
  return order;
}

}  // namespace

Outcome run_plugin_validate(const Arguments& arguments, const Output& output) {
  const std::vector<CaseInfo> cases = validator::list_cases();
  if (arguments.list) {
    output.raw(arguments.json ? boost::json::serialize(list_json(cases)) + '\n' : list_text(cases));
    return kExitDone;
  }
  const auto request = request_of(arguments, cases);
  if (!request) return request.error();
  try {
    Progress progress(output, order_of(cases, arguments.cases));
    const auto report = validator::validate(*request, [&](const CaseResult& result) {
      if (!arguments.json) progress.ended(result);
    });
    output.raw(arguments.json ? boost::json::serialize(report_json(arguments.library, report)) + '\n'
                              : "\n" + summary_text(report) + '\n');
    return report.good() ? kExitDone : kExitFailed;
  } catch (const std::exception& error) {
    return make_error(ErrorCode::kInternal, error.what(), arguments.library);
  }
}

}  // namespace telltale::cli
