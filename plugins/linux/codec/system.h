// /proc/loadavg, /proc/uptime, /proc/meminfo and /proc/pressure/*. Formats: proc(5) and the kernel's
// Documentation/accounting/psi.rst.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace telltale::linux_input {

struct LoadAverage {
  double one_minute = 0;
  double five_minutes = 0;
  double fifteen_minutes = 0;
  std::uint64_t tasks = 0;  // the kernel's scheduling entities: every thread of every process
};
[[nodiscard]] std::optional<LoadAverage> parse_loadavg(std::string_view text);

// Seconds since boot.
[[nodiscard]] std::optional<double> parse_uptime(std::string_view text);

// Bytes.
struct MemoryInfo {
  std::uint64_t total = 0;
  std::uint64_t available = 0;  // what new work could use without swapping
  std::uint64_t cached = 0;     // file pages, buffers and reclaimable slab: the kernel gives it back when asked
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
  [[nodiscard]] std::uint64_t used() const { return total - available; }
};
// Nothing when the total is missing or the numbers contradict each other.
[[nodiscard]] std::optional<MemoryInfo> parse_meminfo(std::string_view text);

// Microseconds since boot in which some tasks, or all that could have run, waited for the resource.
struct Pressure {
  std::optional<std::uint64_t> some;
  std::optional<std::uint64_t> full;
};
[[nodiscard]] Pressure parse_pressure(std::string_view text);

}  // namespace telltale::linux_input
