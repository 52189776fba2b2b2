// What users write to choose series: GLOB, GLOB{label="…"}, and @stat_window behind it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/series.h"

namespace telltale::core {

// Statistics of a window.
enum class Stat : std::uint8_t {
  kCount,
  kSum,
  kMean,
  kMin,
  kMax,
  kFirst,
  kLast,
  kDelta,
  kStd,
  kP50,
  kP90,
  kP95,
  kP99,
  kIncrease,  // of a counter
  kRate,      // of a counter, in a second
};
// Every one, as users read them: `count, sum, … and rate`.
[[nodiscard]] std::string stat_names();
// Of p50 to p99: 0.5 to 0.99.
[[nodiscard]] std::optional<double> quantile_of(Stat stat);

[[nodiscard]] std::string_view to_text(Stat stat);
[[nodiscard]] std::optional<Stat> stat_from(std::string_view text);

// Which ends of a window belong to it, as in pandas' rolling().
enum class Closed : std::uint8_t { kRight, kLeft, kBoth, kNeither };
[[nodiscard]] std::optional<Closed> closed_from(std::string_view text);
[[nodiscard]] constexpr bool has_left(Closed closed) { return closed == Closed::kLeft || closed == Closed::kBoth; }
[[nodiscard]] constexpr bool has_right(Closed closed) { return closed == Closed::kRight || closed == Closed::kBoth; }

// `mean_1m`: a statistic over a sliding window.
struct WindowStat {
  Stat stat = Stat::kMean;
  Duration window{};
  [[nodiscard]] std::string text() const;
  friend bool operator==(const WindowStat&, const WindowStat&) = default;
};
[[nodiscard]] Result<WindowStat> parse_window_stat(std::string_view text);

// `*` any run, `?` any one character (UTF-8), `{a,b}` alternatives; everything else is itself. Matching
// looks back at one star only: no pattern makes it slow. At most 1,024 bytes and 64 expanded alternatives.
class Glob {
 public:
  Glob() = default;  // matches nothing
  [[nodiscard]] static Result<Glob> parse(std::string_view pattern);
  // Has the text as its pattern, and matches nothing: whoever takes patterns literally compares pattern().
  [[nodiscard]] static Glob literal(std::string_view text);
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
  std::vector<std::string> alternatives_;
};

// A whole selector. Without a label part it matches a series with any labels; labels alone match any name. A
// label's value is a glob, or literally the series' value: the canonical text of a key selects that key.
class Selector {
 public:
  [[nodiscard]] static Result<Selector> parse(std::string_view text);
  [[nodiscard]] bool matches(const SeriesKey& key) const;
  // Whether a series of that name could be chosen, with some labels.
  [[nodiscard]] bool matches_name(std::string_view name) const { return name_.matches(name); }
  [[nodiscard]] const std::optional<WindowStat>& window_stat() const { return window_stat_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  Glob name_;
  std::vector<std::pair<std::string, Glob>> labels_;
  std::optional<WindowStat> window_stat_;
};

}  // namespace telltale::core
