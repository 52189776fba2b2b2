// A time zone of the system's database (/usr/share/zoneinfo), read once and constant then: the C library knows one zone
// for a whole process only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"

namespace telltale::core {

// What a clock on the wall shows, as if it were UTC.
using LocalTime = std::chrono::local_time<Duration>;

class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // `Europe/Berlin`, `UTC`. ErrorCode::kNotFound: the system does not know it.
  [[nodiscard]] static Result<TimeZone> load(std::string_view name);
  // The bytes of a TZif file (RFC 8536), version 2 or later.
  [[nodiscard]] static Result<TimeZone> parse(std::string_view file);

  [[nodiscard]] LocalTime to_local(WallTime time) const;
  // Of a time that is shown twice, the first; of one that is left out, the moment at which the clock jumped.
  [[nodiscard]] WallTime to_wall(LocalTime time) const;

 private:
  struct Transition {
    std::int64_t at;      // seconds since 1970 UTC
    std::int32_t offset;  // seconds east of UTC from then on
  };
  // The day and time of a year at which summer time begins or ends.
  struct Turn {
    char kind = 'M';  // M: month, week, weekday; J: day 1 to 365 without 29 February; 0: day 0 to 365
    int month = 1, week = 1, day = 0;
    std::int32_t seconds = 7200;
  };
  // What holds after the last transition.
  struct Rule {
    std::int32_t standard = 0;
    std::optional<std::int32_t> summer;
    Turn begin, end;
  };
  [[nodiscard]] std::int32_t offset_at(std::int64_t at) const;
  [[nodiscard]] std::int32_t offset_by_rule(std::int64_t at) const;
  [[nodiscard]] static std::int64_t seconds_of(const Turn& turn, std::chrono::year year);
  [[nodiscard]] static std::optional<Rule> parse_rule(std::string_view text);
  [[nodiscard]] static bool parse_turn(std::string_view& text, Turn& turn);

  std::int32_t first_offset_ = 0;
  std::vector<Transition> transitions_;
  Rule rule_;
};

}  // namespace telltale::core
