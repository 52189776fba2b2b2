#include "daemon/store/journal_codec.h"

#include <algorithm>

namespace telltale::store {

std::size_t encode_readings(const core::ReadingBatch& batch, std::size_t begin, std::size_t most, std::size_t most_text,
                            std::string& out) {
  const auto& readings = batch.readings();
  const std::size_t last = std::min(readings.size(), begin + most);
  std::size_t end = begin;
  std::size_t texts = 0;
  while (end < last && texts < most_text) texts += batch.text_of(readings[end++]).size();
  ByteWriter writer(out);
  writer.fixed(static_cast<std::uint32_t>(end - begin));
  const std::size_t rows = out.size();
  out.resize(rows + (end - begin) * kReadingBytes);
  char* row = out.data() + rows;
  bool any_text = false;
  for (std::size_t i = begin; i < end; ++i, row += kReadingBytes) {
    const core::Reading& reading = readings[i];
    const std::int64_t time = reading.time.time_since_epoch().count();
    auto flags = mark_of(reading.quality, reading.by_source);
    if (reading.text != core::kNoText) {
      flags = static_cast<std::uint8_t>(flags | kTextBit);
      any_text = true;
    }
    std::memcpy(row, &time, 8);
    std::memcpy(row + 8, &reading.value, 8);
    std::memcpy(row + 16, &reading.series.value, 4);
    std::memcpy(row + 20, &flags, 1);
  }
  for (std::size_t i = begin; any_text && i < end; ++i) {
    if (readings[i].text != core::kNoText) writer.text(batch.text_of(readings[i]));
  }
  return end;
}

void encode_correction(const core::TimeCorrection& correction, std::string& out) {
  ByteWriter writer(out);
  writer.fixed(std::int64_t{correction.from.time_since_epoch().count()});
  writer.fixed(std::int64_t{correction.to.time_since_epoch().count()});
  writer.fixed(std::int64_t{correction.shift.count()});
  writer.fixed(correction.since);
  writer.fixed(static_cast<std::uint8_t>(correction.certain ? 1 : 0));
}

std::optional<core::TimeCorrection> decode_correction(std::string_view payload) {
  ByteReader in(payload);
  core::TimeCorrection out;
  out.from = core::WallTime(core::Duration(in.fixed<std::int64_t>()));
  out.to = core::WallTime(core::Duration(in.fixed<std::int64_t>()));
  out.shift = core::Duration(in.fixed<std::int64_t>());
  out.since = in.fixed<std::uint64_t>();
  out.certain = in.fixed<std::uint8_t>() == 1;
  if (!in.ok() || in.left() != 0) return std::nullopt;
  return out;
}

void encode_series(const core::SeriesInfo& series, std::string& out) {
  const core::SeriesDeclaration& declaration = series.declaration;
  ByteWriter writer(out);
  writer.fixed(series.id.value);
  writer.text(series.key_text);
  writer.text(series.input);
  writer.text(declaration.unit);
  writer.fixed(static_cast<std::uint8_t>(declaration.kind));
  writer.varint(declaration.states.size());
  for (const auto& [value, name] : declaration.states) {
    writer.signed_varint(value);
    writer.text(name);
  }
  writer.text(declaration.hint.title);
  writer.signed_varint(declaration.hint.decimals.value_or(-1));
  writer.fixed(static_cast<std::uint8_t>(declaration.hint.range ? 1 : 0));
  const auto range = declaration.hint.range.value_or(std::pair(0.0, 0.0));
  writer.fixed(range.first);
  writer.fixed(range.second);
}

std::optional<core::SeriesInfo> decode_series(std::string_view payload) {
  ByteReader in(payload);
  core::SeriesInfo series;
  core::SeriesDeclaration& declaration = series.declaration;
  series.id.value = in.fixed<std::uint32_t>();
  series.key_text = in.text();
  series.input = in.text();
  declaration.unit = in.text();
  const auto kind = in.fixed<std::uint8_t>();
  const std::uint64_t states = in.varint();
  if (!in.ok() || kind > 3 || states > in.left()) return std::nullopt;
  declaration.kind = static_cast<core::SeriesKind>(kind);
  for (std::uint64_t i = 0; i < states; ++i) {
    const std::int64_t value = in.signed_varint();
    declaration.states.emplace_back(value, in.text());
  }
  declaration.hint.title = in.text();
  const std::int64_t decimals = in.signed_varint();
  if (decimals >= 0 && decimals <= 9) declaration.hint.decimals = static_cast<int>(decimals);
  const bool has_range = in.fixed<std::uint8_t>() == 1;
  const auto low = in.fixed<double>();
  const auto high = in.fixed<double>();
  if (has_range) declaration.hint.range = std::pair(low, high);
  auto key = core::parse_series_key(series.key_text);
  if (!in.ok() || in.left() != 0 || !key) return std::nullopt;
  declaration.key = std::move(*key);
  return series;
}

}  // namespace telltale::store
