// Durations and sizes as users write them, and times of a query.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"

namespace telltale::core {

// `250ms`, `10s`, `5m`, `12h`, `30d`, `1h30m`; a fraction is allowed in the last part (`1.5s`). Never negative.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
// The shortest text that parse_duration reads back: `10s`, `1500ms`, `1h30m`.
[[nodiscard]] std::string format_duration(Duration duration);

// `512MB`, `2GB` (powers of 1000), `64KiB` (powers of 1024), `4096` (bytes).
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

// Milliseconds since the epoch, RFC 3339 (`2026-03-01T12:00:00Z`, with offset or fraction), `now`, `now-5m`,
// `now/d` (start of the UTC day; also /m /h), `now-1d/d`.
[[nodiscard]] Result<WallTime> parse_time(std::string_view text, WallTime now);
// RFC 3339 in UTC with milliseconds.
[[nodiscard]] std::string format_time(WallTime time);

}  // namespace telltale::core
