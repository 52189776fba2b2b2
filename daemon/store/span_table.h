// First and last time of every series, in memory: 24 bytes each. Not synchronised; whoever owns one says how.
// On flash the table costs one rewrite of the changed rows per compaction.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "daemon/core/ids.h"

namespace telltale::store {

struct TimeSpan {
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  bool changed = false;  // since it was written to flash
  [[nodiscard]] bool empty() const { return first > last; }
};

class SpanTable {
 public:
  void note(core::SeriesId series, std::int64_t first, std::int64_t last) {
    TimeSpan& span = at(series);
    if (first >= span.first && last <= span.last) return;
    span.first = std::min(span.first, first);
    span.last = std::max(span.last, last);
    span.changed = true;
  }
  // What is known of a series now; an empty span: nothing.
  void replace(core::SeriesId series, TimeSpan span) {
    span.changed = true;
    at(series) = span;
  }
  // Readings up to `gone` were deleted; later ones may be.
  void forget(core::SeriesId series, std::int64_t gone) {
    TimeSpan& span = at(series);
    if (gone < span.first) return;
    span = gone >= span.last ? TimeSpan{} : TimeSpan{gone + 1, span.last, true};
    span.changed = true;
  }
  [[nodiscard]] std::optional<TimeSpan> find(core::SeriesId series) const {
    TimeSpan span;
    if (series.value < dense_.size()) {
      span = dense_[series.value];
    } else if (const auto found = sparse_.find(series); found != sparse_.end()) {
      span = found->second;
    }
    if (span.empty()) return std::nullopt;
    return span;
  }
  // Calls `visit(series, span)` for all, empty ones too.
  template <class Visit>
  void each(const Visit& visit) {
    for (std::size_t id = 0; id < dense_.size(); ++id) {
      visit(core::SeriesId{static_cast<std::uint32_t>(id)}, dense_[id]);
    }
    for (auto& [id, span] : sparse_) visit(id, span);
  }

 private:
  static constexpr std::uint32_t kDense = 1U << 16U;  // the registry counts ids up from zero

  TimeSpan& at(core::SeriesId series) {
    if (series.value >= kDense) return sparse_[series];
    if (series.value >= dense_.size()) dense_.resize(series.value + 1);
    return dense_[series.value];
  }

  std::vector<TimeSpan> dense_;
  std::unordered_map<core::SeriesId, TimeSpan> sparse_;
};

}  // namespace telltale::store
