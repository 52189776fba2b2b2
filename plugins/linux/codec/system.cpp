#include "plugins/linux/codec/system.h"

#include <algorithm>
#include <limits>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

// `MemTotal:  24683620 kB` -> bytes.
std::optional<std::uint64_t> kilobytes(std::string_view rest) {
  const auto number = take_number<std::uint64_t>(rest);
  if (!number || *number > std::numeric_limits<std::uint64_t>::max() / 1024) return std::nullopt;
  return *number * 1024;
}

}  // namespace

std::optional<LoadAverage> parse_loadavg(std::string_view text) {
  const auto one = take_number<double>(text);
  const auto five = take_number<double>(text);
  const auto fifteen = take_number<double>(text);
  const std::string_view entities = take_word(text);  // `1/93`: running and all
  const std::size_t slash = entities.find('/');
  if (!one || !five || !fifteen || slash == std::string_view::npos) return std::nullopt;
  const auto tasks = parse_number<std::uint64_t>(entities.substr(slash + 1));
  if (!tasks || *one < 0 || *five < 0 || *fifteen < 0) return std::nullopt;
  return LoadAverage{*one, *five, *fifteen, *tasks};
}

std::optional<double> parse_uptime(std::string_view text) {
  const auto seconds = take_number<double>(text);
  return seconds && *seconds >= 0 ? seconds : std::nullopt;
}

std::optional<MemoryInfo> parse_meminfo(std::string_view text) {
  std::optional<std::uint64_t> available;
  std::uint64_t free = 0;
  MemoryInfo memory;
  while (auto line = take_line(text)) {
    const std::string_view key = take_word(*line);
    const auto bytes = kilobytes(*line);
    if (!bytes) continue;
    if (key == "MemTotal:") memory.total = *bytes;
    if (key == "MemFree:") free = *bytes;
    if (key == "MemAvailable:") available = bytes;
    if (key == "Buffers:" || key == "Cached:" || key == "SReclaimable:") memory.cached += *bytes;
    if (key == "SwapTotal:") memory.swap_total = *bytes;
    if (key == "SwapFree:") memory.swap_free = *bytes;
  }
  // Kernels before 3.14 do not estimate what is available.
  memory.available = available.value_or(free + memory.cached);
  if (memory.total == 0 || memory.swap_free > memory.swap_total) return std::nullopt;
  memory.available = std::min(memory.available, memory.total);
  memory.cached = std::min(memory.cached, memory.total);
  return memory;
}

Pressure parse_pressure(std::string_view text) {
  Pressure pressure;
  while (auto line = take_line(text)) {
    const std::string_view kind = take_word(*line);
    while (!line->empty()) {
      const std::string_view word = take_word(*line);
      if (!word.starts_with("total=")) continue;
      const auto total = parse_number<std::uint64_t>(word.substr(6));
      if (kind == "some") pressure.some = total;
      if (kind == "full") pressure.full = total;
    }
  }
  return pressure;
}

}  // namespace telltale::linux_input
