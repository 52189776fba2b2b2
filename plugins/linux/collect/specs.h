// The shapes of series that this input declares again and again.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <telltale/cpp/host.hpp>

namespace telltale::linux_input {

inline constexpr std::string_view kBytes = "B";
inline constexpr std::string_view kBytesPerSecond = "B/s";
inline constexpr std::string_view kPerSecond = "1/s";

[[nodiscard]] inline SeriesSpec gauge(std::string name, std::string_view unit, std::string title, int decimals) {
  return {.name = std::move(name), .unit = std::string(unit), .title = std::move(title), .decimals = decimals};
}
[[nodiscard]] inline SeriesSpec counter(std::string name, std::string_view unit, std::string title) {
  return {.name = std::move(name),
          .unit = std::string(unit),
          .kind = TELLTALE_KIND_COUNTER,
          .title = std::move(title),
          .decimals = 0};
}
// 0 .. 100 %.
[[nodiscard]] inline SeriesSpec percent(std::string name, std::string title) {
  SeriesSpec spec = gauge(std::move(name), "%", std::move(title), 1);
  spec.range = {0, 100};
  return spec;
}
[[nodiscard]] inline SeriesSpec labelled(SeriesSpec spec, std::string label, std::string_view value) {
  spec.labels.emplace_back(std::move(label), std::string(value));
  return spec;
}

}  // namespace telltale::linux_input
