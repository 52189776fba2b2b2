// Refusals that a person can act on: problem+json (RFC 9457).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

// `detail` says what is wrong with this request and what would be right.
[[nodiscard]] Response problem(unsigned status, std::string_view detail);
// The status that fits the error's code.
[[nodiscard]] Response problem(const core::Error& error);
[[nodiscard]] unsigned status_of(core::ErrorCode code);

// Something is used up for the moment: 503 with Retry-After.
[[nodiscard]] Response busy(std::string_view detail, unsigned retry_after_s = 1);

// Readings were posted, and some lines were bad: 400.
struct LineProblem {
  std::size_t line = 0;    // from 1
  std::size_t column = 0;  // from 1; 0: the whole line
  std::string reason;
};
struct LineReport {
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::vector<LineProblem> first;  // at most kMaxLineProblems
};
inline constexpr std::size_t kMaxLineProblems = 20;
[[nodiscard]] Response line_problem(const LineReport& report);

}  // namespace telltale::net
