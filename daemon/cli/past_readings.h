// Readings of the daemon's history, in the order of time, for what is computed of them here. One thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "daemon/core/expression.h"
#include "daemon/core/reading.h"
#include "daemon/core/series.h"
#include "daemon/net/client.h"
#include "daemon/rules/past_usual.h"

namespace telltale::cli {

class PastReadings {
 public:
  explicit PastReadings(net::Client& client) : client_(client) {}

  // What the daemon has of the series that these look at. ErrorCode::kNotFound: none; `name` is who looks.
  [[nodiscard]] core::Result<void> find(const std::vector<core::SeriesReference>& references, const std::string& name);
  [[nodiscard]] const std::vector<core::SeriesPtr>& series() const { return series_; }
  // Of the oldest reading, in ms.
  [[nodiscard]] std::int64_t first() const { return first_; }

  // Some readings at a time, [from, to) in ms; a piece ends at `split`. An error of `take` ends it.
  using Take = std::function<core::Result<void>(const std::vector<core::Reading>& readings, std::int64_t end)>;
  [[nodiscard]] core::Result<void> each(std::int64_t from, std::int64_t split, std::int64_t to, const Take& take);

  // Hours of one of the series, for what is usual: [from, to), whole ones.
  [[nodiscard]] core::Result<rules::PastHours> hours(const core::SeriesPtr& series, core::WallTime from,
                                                     core::WallTime to);

 private:
  [[nodiscard]] core::Result<std::vector<core::Reading>> read(std::int64_t from, std::int64_t to);

  net::Client& client_;
  std::vector<core::SeriesPtr> series_;
  std::map<std::string, core::SeriesId> by_key_;
  std::int64_t first_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace telltale::cli
