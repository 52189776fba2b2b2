// Tells whether a plugin keeps the rules of the ABI: named cases, each tried in a child process of its own.
//
// Knows the SDK and the operating system, nothing of the daemon. The library is never loaded into the calling process:
// whatever it does, the caller gets its report. Call from a process that has one thread, since it forks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telltale::validator {

enum class Status : std::uint8_t {
  kPassed,
  kFailed,    // the plugin does not do what the case's sentence says
  kSkipped,   // nothing to try: it has no such part, or a case before it says why
  kCrashed,   // the plugin ended the process
  kTimedOut,  // the plugin did not come back
};
[[nodiscard]] std::string_view to_text(Status status);
// Failed, crashed or timed out.
[[nodiscard]] bool is_bad(Status status);

// One row of the table of cases. Texts of static lifetime.
struct CaseInfo {
  std::string_view id;        // `entry.symbol`
  std::string_view sentence;  // what it proves
  std::string_view mend;      // what to do when it does not pass
};

// In the order in which they are reported.
[[nodiscard]] std::vector<CaseInfo> list_cases();

struct CaseResult {
  CaseInfo info;
  Status status = Status::kSkipped;
  std::string detail;  // what was seen; may be empty when it passed. One line of printable UTF-8.
  std::chrono::milliseconds took{};
};

struct Request {
  std::string file;               // the library
  std::vector<std::string> only;  // ids to try; none: all
  // Values for options that cannot be made up, `devices.unit` = `1`: below a list, of its one item.
  std::vector<std::pair<std::string, std::string>> options;
  std::size_t at_once = 4;  // cases under way at the same time
};

struct Report {
  std::string plugin;  // as it names itself; empty when it could not say
  std::string version;
  std::vector<CaseResult> cases;
  [[nodiscard]] std::size_t count(Status status) const;
  [[nodiscard]] bool good() const;  // no case is bad
};

// Tries the cases. `ended` is called as each of them ends, not always in their order.
// Throws std::runtime_error when the system refuses what it takes (no temporary directory, no process).
[[nodiscard]] Report validate(const Request& request, const std::function<void(const CaseResult&)>& ended = {});

}  // namespace telltale::validator
