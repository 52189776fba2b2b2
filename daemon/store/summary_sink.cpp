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
    all_.merge(aggregate_of(bucket));
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

class ResampleSink final : public Sink {
 public:
  ResampleSink(const core::HistoryQuery& query, const core::SeriesInfo& series)
      : stat_(query.mode.stat),
        event_(series.declaration.kind == core::SeriesKind::kEvent),
        resampler_(core::Buckets(*query.buckets, query.from, query.to), stat_, series.counter) {}
  void add(std::int64_t time, double value, std::string_view /*text*/) override {
    if (event_) value = 0;
    if (std::isfinite(value)) resampler_.add({core::WallTime(core::Duration(time)), value});
  }
  void add_bucket(const TierBucket& bucket) override { resampler_.add(aggregate_of(bucket.bucket), bucket.sketch); }
  bool finish(core::HistorySeries& out) override {
    out.names = {std::string(core::to_text(stat_))};
    out.values.resize(1);
    for (const auto& row : resampler_.finish()) {
      out.times.push_back(row.time);
      out.values[0].push_back(row.value);
    }
    return true;
  }

 private:
  const core::Stat stat_;
  const bool event_;
  core::Resampler resampler_;
};

core::Sample sample(const Moment& moment) { return {core::WallTime(core::Duration(moment.time)), moment.value}; }

}  // namespace

core::Aggregate aggregate_of(const Bucket& bucket) {
  core::Aggregate out;
  out.count = bucket.count;
  out.sum = bucket.sum;
  out.mean = bucket.mean();
  out.m2 = bucket.squares();
  out.min = bucket.min.value;
  out.max = bucket.max.value;
  out.lift = bucket.lift;
  out.first = sample(bucket.first);
  out.last = sample(bucket.last);
  return out;
}

std::unique_ptr<Sink> make_resample_sink(const core::HistoryQuery& query, const core::SeriesInfo& series) {
  return std::make_unique<ResampleSink>(query, series);
}

bool needs_summary(core::Stat stat) {
  return core::quantile_of(stat) || stat == core::Stat::kIncrease || stat == core::Stat::kRate;
}

std::unique_ptr<Sink> make_summary_sink(core::Stat stat, std::int64_t step) {
  return std::make_unique<SummarySink>(stat, step);
}

}  // namespace telltale::store
