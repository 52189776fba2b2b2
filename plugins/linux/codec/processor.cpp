#include "plugins/linux/codec/processor.h"

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

// Kernels before 2.6.11 had fewer columns; those that are missing stay 0, but the first four must be there.
std::optional<CpuTimes> parse_times(std::string_view line) {
  CpuTimes times;
  for (std::size_t column = 0; column < CpuTimes::kColumns; ++column) {
    const std::string_view word = take_word(line);
    if (word.empty() && column > CpuTimes::kIdle) break;
    const auto ticks = parse_number<std::uint64_t>(word);
    if (!ticks) return std::nullopt;
    times.ticks[column] = *ticks;
  }
  return times;
}

bool parse_cpu_line(std::string_view word, std::string_view rest, ProcStat& stat) {
  const auto times = parse_times(rest);
  if (!times) return false;
  if (word == "cpu") {
    stat.total = times;
    return true;
  }
  const auto core = parse_number<std::uint32_t>(word.substr(3));
  if (!core || stat.cores.size() >= kMaxCores) return false;
  stat.cores.emplace_back(*core, *times);
  return true;
}

}  // namespace

void parse_stat(std::string_view text, ProcStat& stat) {
  stat.cores.clear();
  stat.total.reset();
  stat.interrupts.reset();
  stat.context_switches.reset();
  stat.running.reset();
  stat.blocked.reset();
  stat.malformed = 0;
  const auto number = [&](std::string_view line, std::optional<std::uint64_t>& into) {
    into = take_number<std::uint64_t>(line);
    if (!into) ++stat.malformed;
  };
  while (auto line = take_line(text)) {
    const std::string_view word = take_word(*line);
    if (word.starts_with("cpu")) {
      if (!parse_cpu_line(word, *line, stat)) ++stat.malformed;
    } else if (word == "intr") {
      number(*line, stat.interrupts);
    } else if (word == "ctxt") {
      number(*line, stat.context_switches);
    } else if (word == "procs_running") {
      number(*line, stat.running);
    } else if (word == "procs_blocked") {
      number(*line, stat.blocked);
    }
  }
}

std::optional<CpuShares> shares(const CpuTimes& before, const CpuTimes& after) {
  std::array<double, CpuTimes::kColumns> spent{};
  double all = 0;
  for (std::size_t i = 0; i < spent.size(); ++i) {
    if (after.ticks[i] > before.ticks[i]) spent[i] = static_cast<double>(after.ticks[i] - before.ticks[i]);
    all += spent[i];
  }
  if (all <= 0) return std::nullopt;
  // Multiplied first: all of it is 100 exactly, and never a last bit more.
  const auto share_of = [all](double ticks) { return 100 * ticks / all; };
  CpuShares result;
  result.user = share_of(spent[CpuTimes::kUser] + spent[CpuTimes::kNice]);
  result.system = share_of(spent[CpuTimes::kSystem] + spent[CpuTimes::kIrq] + spent[CpuTimes::kSoftirq]);
  result.iowait = share_of(spent[CpuTimes::kIowait]);
  result.steal = share_of(spent[CpuTimes::kSteal]);
  result.usage = share_of(all - spent[CpuTimes::kIdle] - spent[CpuTimes::kIowait]);
  return result;
}

}  // namespace telltale::linux_input
