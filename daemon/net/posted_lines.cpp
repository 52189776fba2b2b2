#include "daemon/net/posted_lines.h"

#include <fmt/format.h>

#include <telltale/payload/line_series.hpp>

namespace telltale::net {

namespace {

using payload::LineField;
using payload::LineMapper;
using payload::LineReader;

void reject(LineReport& report, LineProblem what) {
  ++report.rejected;
  if (report.first.size() < kMaxLineProblems) report.first.push_back(std::move(what));
}

// The kind that a reading has of itself, unless another was asked for that its value can have.
core::SeriesKind kind_of(payload::PayloadKind own, const std::optional<core::SeriesKind>& wanted) {
  const auto kind = static_cast<core::SeriesKind>(own);
  if (!wanted || kind == core::SeriesKind::kState) return kind;
  const bool text = kind == core::SeriesKind::kEvent;
  return text == (*wanted == core::SeriesKind::kEvent) || *wanted == core::SeriesKind::kState ? *wanted : kind;
}

core::Result<core::PostedReading> reading_of(const payload::LineReading& line, std::optional<std::int64_t> time,
                                             const LineDefaults& defaults) {
  core::Labels labels;
  labels.reserve(line.labels.size());
  for (const payload::LineTag& tag : line.labels) labels.emplace_back(tag.key, tag.value);
  auto key = core::make_series_key(line.name, std::move(labels));
  if (!key) return key.error();
  if (line.kind == payload::PayloadKind::kEvent && line.text.empty()) {
    return core::make_error(core::ErrorCode::kInvalid, key->text() + ": an empty text is no event");
  }
  core::PostedReading reading;
  reading.series.key = std::move(*key);
  reading.series.kind = kind_of(line.kind, defaults.kind);
  reading.series.unit = defaults.unit;
  if (line.kind == payload::PayloadKind::kState) {
    for (std::size_t i = 0; i < payload::kBooleanStates.size(); ++i) {
      reading.series.states.emplace_back(static_cast<std::int64_t>(i), payload::kBooleanStates.at(i));
    }
  }
  if (time) reading.time = core::WallTime(core::Duration(*time));
  reading.value = line.value;
  reading.text = line.text;
  return reading;
}

}  // namespace

PostedLines read_lines(std::string_view body, payload::TimePrecision precision, const LineDefaults& defaults) {
  PostedLines posted;
  payload::LineOptions options;
  options.precision = precision;
  LineReader reader(body, options);
  LineMapper mapper;
  for (auto step = reader.next(); step != LineReader::Step::kEnd; step = reader.next()) {
    if (step == LineReader::Step::kError) {
      const auto& error = reader.error();
      reject(posted.report, {error.line, error.column, std::string(error.reason)});
      continue;
    }
    mapper.begin(reader.point());
    for (const LineField& field : reader.point().fields) {
      auto reading = reading_of(mapper.map(field), reader.point().time, defaults);
      if (reading) {
        posted.readings.push_back(std::move(*reading));
      } else {
        reject(posted.report, {reader.point().line, 0, reading.error().message});
      }
    }
  }
  return posted;
}

}  // namespace telltale::net
