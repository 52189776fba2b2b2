// What was usual, for what looks at the past and may wait: hours of the history, a week of them at a time. One thread.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "daemon/core/error.h"
#include "daemon/rules/usual.h"

namespace telltale::rules {

// Hours that have readings, by their begin.
using PastHours = std::map<core::WallTime, PastHour>;

class PastUsual final : public UsualSource {
 public:
  // Answers for [from, to), whole hours both; blocks.
  using Fetch =
      std::function<core::Result<PastHours>(const core::SeriesPtr& series, core::WallTime from, core::WallTime to)>;
  explicit PastUsual(Fetch fetch) : fetch_(std::move(fetch)) {}

  // Unknown from the first failure on.
  [[nodiscard]] Usual of(const UsualQuestion& question) override;
  // Why something could not be read.
  [[nodiscard]] const std::optional<core::Error>& failure() const { return failure_; }

 private:
  static constexpr int kHours = 168;               // of a week
  static constexpr std::size_t kMostWeeks = 4096;  // in memory; of all series together
  using Week = std::array<PastHour, kHours>;
  struct Known {
    core::WallTime hour{};
    Usual usual;
  };
  [[nodiscard]] PastHour hour(const core::SeriesPtr& series, core::WallTime hour);
  [[nodiscard]] Week read(const core::SeriesPtr& series, core::WallTime begin);

  Fetch fetch_;
  std::optional<core::Error> failure_;
  std::map<std::pair<core::SeriesId, core::WallTime>, Week> weeks_;
  std::map<std::tuple<core::SeriesId, int, std::string>, Known> known_;  // the last hour of each
};

}  // namespace telltale::rules
