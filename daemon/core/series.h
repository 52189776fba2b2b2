// A series: its name and labels, and how to show it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/counter.h"
#include "daemon/core/error.h"
#include "daemon/core/ids.h"

namespace telltale::core {

// What a series' numbers mean; the numbers are the ABI's TELLTALE_KIND_.
enum class SeriesKind : std::uint8_t { kGauge = 0, kCounter = 1, kState = 2, kEvent = 3 };

[[nodiscard]] std::string_view to_text(SeriesKind kind);
[[nodiscard]] std::optional<SeriesKind> series_kind_from(std::string_view text);

using Labels = std::vector<std::pair<std::string, std::string>>;  // sorted by name, names unique

// Limits of a name and its labels: also what the ABI states.
inline constexpr std::size_t kMaxNameBytes = 256;
inline constexpr std::size_t kMaxLabels = 16;
inline constexpr std::size_t kMaxLabelBytes = 256;
inline constexpr std::size_t kMaxStates = 64;

// Identity of a series.
struct SeriesKey {
  std::string name;
  Labels labels;

  // `name` or `name{a="v",b="w"}`, with \" and \\ escaped: the canonical text, unique per series.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const SeriesKey&, const SeriesKey&) = default;
};

// Checks the limits, refuses control characters and invalid UTF-8, sorts the labels.
[[nodiscard]] Result<SeriesKey> make_series_key(std::string_view name, Labels labels);
// Reads the canonical text back.
[[nodiscard]] Result<SeriesKey> parse_series_key(std::string_view text);

// How to show a series; every field optional.
struct DisplayHint {
  std::string title;
  std::optional<int> decimals;                     // 0 .. 9
  std::optional<std::pair<double, double>> range;  // minimum < maximum
  friend bool operator==(const DisplayHint&, const DisplayHint&) = default;
};

// What a source says of a series.
struct SeriesDeclaration {
  SeriesKey key;
  std::string unit;
  SeriesKind kind = SeriesKind::kGauge;
  std::vector<std::pair<std::int64_t, std::string>> states;  // of a state: value and name
  DisplayHint hint;
  friend bool operator==(const SeriesDeclaration&, const SeriesDeclaration&) = default;
};

// A registered series. Constant once published: a change of unit or hint makes a new object of the same id.
struct SeriesInfo {
  SeriesId id;
  std::string key_text;  // key.text(), kept
  std::string input;     // id of the input that feeds it; "write" for posted ones
  SeriesDeclaration declaration;
  CounterRule counter;  // how its increase and rate are counted, by the configuration

  // Name of a state's value, or nothing.
  [[nodiscard]] std::optional<std::string_view> state_name(double value) const;
};
using SeriesPtr = std::shared_ptr<const SeriesInfo>;

// Whether `text` is valid UTF-8 without control characters (C0, DEL, C1).
[[nodiscard]] bool is_clean_text(std::string_view text);

}  // namespace telltale::core
