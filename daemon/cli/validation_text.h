// What the validator found, as people and as programs read it.
#pragma once

#include <span>
#include <string>

#include <boost/json/value.hpp>

#include "sdk/validator/validator.h"

namespace telltale::cli {

// A line with a mark; below it, what was seen and what to do, when it is bad. Ends with a line break; escaped.
[[nodiscard]] std::string case_text(const validator::CaseResult& result);
// `71 cases: 69 passed, 2 skipped`
[[nodiscard]] std::string summary_text(const validator::Report& report);
[[nodiscard]] boost::json::value report_json(const std::string& file, const validator::Report& report);
// The table of cases, for docs and programs.
[[nodiscard]] std::string list_text(std::span<const validator::CaseInfo> cases);
[[nodiscard]] boost::json::value list_json(std::span<const validator::CaseInfo> cases);

}  // namespace telltale::cli
