// Which buckets a query gets: steps of a ladder of round lengths, aligned to 1970-01-01 UTC. Pure.
#pragma once

#include <cstdint>

namespace telltale::store {

// The bucket of `time`, by number; negative before 1970.
[[nodiscard]] constexpr std::int64_t bucket_of(std::int64_t time, std::int64_t step) {
  return time / step - (time % step < 0 ? 1 : 0);
}

// The shortest step (ns) with at most `points` buckets in [from, to). Two are needed by a span that holds the turn
// between two of the longest step's buckets, so fewer than two points may get two.
[[nodiscard]] std::int64_t choose_step(std::int64_t from, std::int64_t to, std::uint32_t points);

}  // namespace telltale::store
