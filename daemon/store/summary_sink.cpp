#include "daemon/store/summary_sink.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/aggregate.h"
#include "daemon/core/sketch.h"
#include "daemon/store/steps.h"

namespace telltale::store {

namespace {

class SummarySink final : public Sink {
 public:
  SummarySink(core::Stat stat, std::int64_t step) : stat_(stat), quantile_(core::quantile_of(stat)), step_(step) {}
  void add(std::int64_t time, double value, std::string_view /*text*/) override {
    if (std::isnan(value)) return;
    const std::int64_t number = bucket_of(time, step_);
    if (all_.count != 0 && number != number_) flush();
    number_ = number;
    all_.add({core::WallTime(core::Duration(time)), value});
    if (quantile_) sketch_.add(value);
  }
  void add_bucket(const TierBucket& summed) override {
    const Bucket& bucket = summed.bucket;
    const std::int64_t number = bucket_of(bucket.first.time, step_);
    if (all_.count != 0 && number != number_) flush();
    number_ = number;
    core::Aggregate other;
    other.count = bucket.count;
    other.sum = bucket.sum;
    other.mean = bucket.mean();
    other.m2 = bucket.squares();
    other.min = bucket.min.value;
    other.max = bucket.max.value;
    other.lift = bucket.lift;
    other.first = sample(bucket.first);
    other.last = sample(bucket.last);
    all_.merge(other);
    if (quantile_) sketch_.merge(summed.sketch);
  }
  bool finish(core::HistorySeries& out) override {
    flush();
    out.names = {std::string(core::to_text(stat_))};
    out.times = std::move(times_);
    out.values.push_back(std::move(values_));
    return true;
  }

 private:
  [[nodiscard]] static core::Sample sample(const Moment& moment) {
    return {core::WallTime(core::Duration(moment.time)), moment.value};
  }
  void flush() {
    if (all_.count == 0) return;
    times_.emplace_back(core::Duration(number_ * step_));
    const core::Sample* const before = before_ ? &*before_ : nullptr;
    if (quantile_) {
      values_.push_back(std::clamp(sketch_.quantile(*quantile_), all_.min, all_.max));
    } else {
      values_.push_back(stat_ == core::Stat::kRate ? all_.rate(before) : all_.increase(before));
    }
    before_ = all_.last;
    all_ = {};
    sketch_.clear();
  }

  const core::Stat stat_;
  const std::optional<double> quantile_;
  const std::int64_t step_;
  std::int64_t number_ = 0;
  core::Aggregate all_;
  core::Sketch sketch_;
  std::optional<core::Sample> before_;
  std::vector<core::WallTime> times_;
  std::vector<double> values_;
};

}  // namespace

bool needs_summary(core::Stat stat) {
  return core::quantile_of(stat) || stat == core::Stat::kIncrease || stat == core::Stat::kRate;
}

std::unique_ptr<Sink> make_summary_sink(core::Stat stat, std::int64_t step) {
  return std::make_unique<SummarySink>(stat, step);
}

}  // namespace telltale::store
