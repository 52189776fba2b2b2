// How readings and series look on the wire, JSON form. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/reading.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"

namespace telltale::net {

class JsonWriter;

// A value as every answer shows it: a state's name, an event's text, a number in its shortest form; null when absent.
// A statistic of a state is a number.
void append_value(std::string& out, const core::SeriesInfo& series, bool statistic, double value,
                  std::string_view text);

// `[ref,time_ms,value]`, and the quality as fourth when it is not good.
struct RowValue {
  std::int64_t time_ms = 0;
  double value = 0;
  core::Quality quality = core::Quality::kGood;
  std::string_view text;  // of an event
};
void append_row(std::string& out, std::uint32_t ref, const core::SeriesInfo& series, bool statistic,
                const RowValue& row);

// key, unit, kind, input, labels and what is known of how to show it, as items of the object that is open.
void write_series(JsonWriter& json, const core::SeriesInfo& series, const std::optional<core::WindowStat>& statistic);

// `key` or `key@mean_1m`
[[nodiscard]] std::string key_text(const core::SeriesInfo& series, const std::optional<core::WindowStat>& statistic);

}  // namespace telltale::net
