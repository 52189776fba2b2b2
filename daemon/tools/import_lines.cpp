#include <string>
#include <utility>

#include <telltale/payload/line_protocol.hpp>
#include <telltale/payload/line_series.hpp>

#include "daemon/tools/import_text.h"
#include "daemon/tools/text_lines.h"

namespace telltale::tools {

namespace {

ImportRecord record_of(const payload::LineReading& reading, std::int64_t time) {
  ImportRecord record;
  record.name = reading.name;
  for (const payload::LineTag& tag : reading.labels) record.labels.emplace_back(tag.key, tag.value);
  record.kind = static_cast<core::SeriesKind>(reading.kind);
  record.time = time;
  if (reading.kind == payload::PayloadKind::kEvent) {
    record.value = std::string(reading.text);
  } else if (reading.kind == payload::PayloadKind::kState) {
    record.value = reading.value != 0;
  } else {
    record.value = reading.value;
  }
  return record;
}

core::Result<void> take(const TextLines::Line& line, std::int64_t unit, ImportSink& sink) {
  const ImportPlace place = "line " + std::to_string(line.number);
  if (line.too_long) {
    sink.bad(place, "it is longer than 64 KiB");
    return {};
  }
  payload::LineOptions options;
  options.precision = static_cast<payload::TimePrecision>(unit);
  payload::LineReader reader(line.text, options);
  payload::LineMapper mapper;
  for (auto step = reader.next(); step != payload::LineReader::Step::kEnd; step = reader.next()) {
    if (step == payload::LineReader::Step::kError) {
      sink.bad(place + ", column " + std::to_string(reader.error().column), std::string(reader.error().reason));
      continue;
    }
    if (!reader.point().time) {
      sink.bad(place, "it has no time");
      continue;
    }
    mapper.begin(reader.point());
    for (const payload::LineField& field : reader.point().fields) {
      const payload::LineReading reading = mapper.map(field);
      if (reading.kind == payload::PayloadKind::kEvent && reading.text.empty()) {
        sink.empty();
        continue;
      }
      if (auto taken = sink.take(record_of(reading, *reader.point().time), place); !taken) return taken;
    }
  }
  return {};
}

}  // namespace

core::Result<void> import_lines(std::unique_ptr<ByteSource> source, std::int64_t unit, ImportSink& sink) {
  TextLines lines(std::move(source), true);
  for (;;) {
    auto line = lines.next();
    if (!line) return line.error();
    if (!*line) return {};
    if (auto taken = take(**line, unit, sink); !taken) return taken;
    const auto& from = lines.source();
    if (from.size() > 0) sink.progress(static_cast<double>(from.position()) / static_cast<double>(from.size()));
  }
}

}  // namespace telltale::tools
