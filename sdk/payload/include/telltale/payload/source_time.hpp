// The time that a device puts beside its value: a number since 1970, or an RFC 3339 text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace telltale::payload {

// What a number counts. kAuto: seconds below 10^11, then milliseconds, microseconds and nanoseconds, each for three
// more digits: right for every time from 1973 on.
enum class SourceTimeUnit : std::uint8_t { kAuto, kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// "auto", "s", "ms", "us", "ns".
[[nodiscard]] std::optional<SourceTimeUnit> source_time_unit_from(std::string_view word) noexcept;

// Nanoseconds since 1970-01-01 UTC. `text` is a number (a fraction and an exponent are allowed; plain digits are exact
// to the nanosecond) or an RFC 3339 date and time with its offset ("2026-11-24T19:30:00.25+01:00", a space instead of
// the T as well). Nothing for other texts, for a time without an offset, and beyond the years 1678 .. 2262. [any]
[[nodiscard]] std::optional<std::int64_t> parse_source_time(std::string_view text, SourceTimeUnit unit) noexcept;

}  // namespace telltale::payload
