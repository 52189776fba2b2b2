// What is inside the journal's records. Pure functions; decoding is safe on any bytes.
//   readings: count (u32), per reading 21 bytes (time i64, value f64, series u32, its mark, with bit 7 for "has a
//   text"),
//             then per reading with a text its length (varint) and bytes
//   correction: from, to, shift (i64 each), since (u64), certain (u8)
//   series:   id, key, input, unit, kind, states, hint
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/reading.h"
#include "daemon/core/series.h"
#include "daemon/store/codec/bytes.h"
#include "daemon/store/point.h"

namespace telltale::store {

inline constexpr std::size_t kReadingBytes = 21;
inline constexpr std::uint8_t kTextBit = 0x80;

// Appends readings from `begin` on, at most `most` of them, and no more once their texts pass `most_text` bytes.
// Returns the index behind the last.
std::size_t encode_readings(const core::ReadingBatch& batch, std::size_t begin, std::size_t most, std::size_t most_text,
                            std::string& out);
void encode_correction(const core::TimeCorrection& correction, std::string& out);
[[nodiscard]] std::optional<core::TimeCorrection> decode_correction(std::string_view payload);
void encode_series(const core::SeriesInfo& series, std::string& out);
[[nodiscard]] std::optional<core::SeriesInfo> decode_series(std::string_view payload);

// Calls `visit(time, value, series, mark, text)` per reading, where text is std::optional<std::string_view>. False:
// damaged; what came before the damage was visited.
template <class Visit>
bool decode_readings(std::string_view payload, const Visit& visit) {
  ByteReader in(payload);
  const auto count = in.fixed<std::uint32_t>();
  ByteReader rows(in.take(std::uint64_t{count} * kReadingBytes));
  for (std::uint32_t i = 0; i < count && rows.ok(); ++i) {
    const auto time = rows.fixed<std::int64_t>();
    const auto value = rows.fixed<double>();
    const auto series = rows.fixed<std::uint32_t>();
    const auto flags = rows.fixed<std::uint8_t>();
    std::optional<std::string_view> text;
    if ((flags & kTextBit) != 0) text = in.text();
    if (!rows.ok() || !in.ok()) return false;
    visit(time, value, core::SeriesId{series}, static_cast<Mark>(flags & (kQualityBits | kOwnTime)), text);
  }
  return rows.ok() && in.ok();
}

}  // namespace telltale::store
