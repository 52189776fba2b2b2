#include "daemon/net/live_row.h"

#include <cmath>

#include "daemon/net/json_writer.h"

namespace telltale::net {

using core::SeriesKind;

void append_value(std::string& out, const core::SeriesInfo& series, bool statistic, double value,
                  std::string_view text) {
  const SeriesKind kind = series.declaration.kind;
  if (!statistic && kind == SeriesKind::kEvent) return append_json_text(out, text);
  if (statistic || kind != SeriesKind::kState || !std::isfinite(value)) return append_number(out, value);
  if (const auto name = series.state_name(value)) return append_json_text(out, *name);
  out += '"';
  append_number(out, value);
  out += '"';
}

void append_row(std::string& out, std::uint32_t ref, const core::SeriesInfo& series, bool statistic,
                const RowValue& row) {
  out += '[';
  append_integer(out, ref);
  out += ',';
  append_integer(out, row.time_ms);
  out += ',';
  append_value(out, series, statistic, row.value, row.text);
  if (row.quality != core::Quality::kGood) {
    out += ",\"";
    out += core::to_text(row.quality);
    out += '"';
  }
  out += ']';
}

std::string key_text(const core::SeriesInfo& series, const std::optional<core::WindowStat>& statistic) {
  return statistic ? series.key_text + "@" + statistic->text() : series.key_text;
}

void write_series(JsonWriter& json, const core::SeriesInfo& series, const std::optional<core::WindowStat>& statistic) {
  const auto& declared = series.declaration;
  const bool counts = statistic && statistic->stat == core::Stat::kCount;
  json.text("key", key_text(series, statistic))
      .text("input", series.input)
      .text("unit", counts ? std::string_view{} : declared.unit)
      .text("kind", core::to_text(statistic ? SeriesKind::kGauge : declared.kind));
  json.key("labels").begin_object();
  for (const auto& [name, value] : declared.key.labels) json.text(name, value);
  json.end_object();
  if (!declared.hint.title.empty()) json.text("title", declared.hint.title);
  if (declared.hint.decimals) json.integer("decimals", *declared.hint.decimals);
  if (declared.hint.range) {
    json.key("range").begin_array().number(declared.hint.range->first).number(declared.hint.range->second).end_array();
  }
  if (!statistic && !declared.states.empty()) {
    json.key("states").begin_array();
    for (const auto& [value, name] : declared.states) json.begin_array().integer(value).text(name).end_array();
    json.end_array();
  }
}

}  // namespace telltale::net
