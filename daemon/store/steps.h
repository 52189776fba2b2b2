// Which buckets a query gets: steps of a ladder of round lengths, aligned to 1970-01-01 UTC. Pure.
#pragma once

#include <cstdint>

namespace telltale::store {

// The bucket of `time`, by number; negative before 1970.
[[nodiscard]] constexpr std::int64_t bucket_of(std::int64_t time, std::int64_t step) {
  return time / step - (time % step < 0 ? 1 : 0);
}

// The begin of the bucket of `time`; the first moment where that would lie before it.
[[nodiscard]] constexpr std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  return time < INT64_MIN + step ? INT64_MIN : bucket_of(time, step) * step;
}
// The begin of the first bucket that does not begin before `time`; the last moment where that would lie behind it.
[[nodiscard]] constexpr std::int64_t ceil_to(std::int64_t time, std::int64_t step) {
  const std::int64_t floored = floor_to(time, step);
  if (floored == time) return time;
  return floored > INT64_MAX - step ? INT64_MAX : floored + step;
}

// The shortest step (ns) with at most `points` buckets in [from, to). Two are needed by a span that holds the turn
// between two of the longest step's buckets, so fewer than two points may get two.
[[nodiscard]] std::int64_t choose_step(std::int64_t from, std::int64_t to, std::uint32_t points);

}  // namespace telltale::store
