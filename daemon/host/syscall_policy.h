// Which system calls a confined process may make: an allow-list, widened by what the plugin needs. Pure, so that the
// whole policy can be walked by a test; seccomp_filter.h makes a program of it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace telltale::host {

enum class CallVerdict : std::uint8_t {
  kAllow,
  kAsk,     // the daemon looks at it: threads and processes are counted, signals go only to the input's own
  kRefuse,  // EPERM, reported by name
  kQuiet,   // EPERM without a report: what the C library tries by itself and can do without
  kAbsent,  // ENOSYS: the C library then takes the older call, whose arguments can be looked at
};

// A condition on the low or high word of an argument.
struct CallCondition {
  std::uint8_t argument = 0;
  std::uint32_t mask = 0xffffffff;
  std::uint32_t value = 0;
  bool equal = true;  // (word & mask) == value, or !=
  bool high = false;
};

// For a call of that number when all conditions hold. The first rule that fits decides; without one it is refused.
struct CallRule {
  int number = 0;
  CallVerdict verdict = CallVerdict::kAllow;
  std::vector<CallCondition> when;
};

struct CallPolicy {
  std::uint32_t needs = 0;     // TELLTALE_NEEDS_… or-ed
  bool writes = false;         // it was granted paths to write
  bool paths_guarded = true;   // Landlock says which paths; else nothing may be opened for writing without `writes`
  int self = 0;                // the process
  bool asks = true;            // there is somebody to ask
  bool for_sanitizer = false;  // the runtime of a sanitizer needs ptrace and a process
};

[[nodiscard]] std::vector<CallRule> call_rules(const CallPolicy& policy);

// What the rules say of one call.
[[nodiscard]] CallVerdict decide_call(std::span<const CallRule> rules, int number,
                                      const std::array<std::uint64_t, 6>& arguments);

}  // namespace telltale::host
