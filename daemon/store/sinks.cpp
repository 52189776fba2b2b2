#include "daemon/store/sinks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/sketch.h"
#include "daemon/store/steps.h"
#include "daemon/store/summary_sink.h"

namespace telltale::store {

namespace {

core::WallTime wall(std::int64_t time) { return core::WallTime(core::Duration(time)); }

class RawSink final : public Sink {
 public:
  explicit RawSink(core::SeriesKind kind) : event_(kind == core::SeriesKind::kEvent) {}
  void add(std::int64_t time, double value, std::string_view text) override {
    times_.push_back(wall(time));
    if (event_) {
      texts_.emplace_back(text);
    } else {
      values_.push_back(value);
    }
  }
  void add_run(std::span<const std::int64_t> times, std::span<const double> values) override {
    if (event_) return Sink::add_run(times, values);
    for (const std::int64_t time : times) times_.push_back(wall(time));
    values_.insert(values_.end(), values.begin(), values.end());
  }
  bool finish(core::HistorySeries& out) override {
    out.times = std::move(times_);
    out.texts = std::move(texts_);
    if (event_) return false;
    out.names = {"value"};
    out.values.push_back(std::move(values_));
    return false;
  }
  [[nodiscard]] std::size_t size() const { return times_.size(); }
  // Hands on what was kept.
  void replay(Sink& to) const {
    for (std::size_t i = 0; i < times_.size(); ++i) {
      to.add(times_[i].time_since_epoch().count(), event_ ? 0 : values_[i], {});
    }
  }

 private:
  const bool event_;
  std::vector<core::WallTime> times_;
  std::vector<double> values_;
  std::vector<std::string> texts_;
};

// Buckets without a valid reading do not appear. An event counts as a reading of zero.
class BucketSink : public Sink {
 public:
  BucketSink(core::SeriesKind kind, std::int64_t step)
      : event_(kind == core::SeriesKind::kEvent), counter_(kind == core::SeriesKind::kCounter), step_(step) {}
  void add(std::int64_t time, double value, std::string_view /*text*/) override {
    if (event_) value = 0;
    if (std::isnan(value)) return;
    if (time < begin_ || time >= end_) go_to(time);
    if (counter_) bucket_.add_lift(value);
    bucket_.add({time, value});
  }
  void add_run(std::span<const std::int64_t> times, std::span<const double> values) override {
    if (event_ || counter_) {
      for (std::size_t i = 0; i < times.size(); ++i) BucketSink::add(times[i], values[i], {});
      return;
    }
    for (std::size_t i = 0; i < times.size();) {
      if (times[i] < begin_ || times[i] >= end_) go_to(times[i]);
      const auto from = times.begin() + static_cast<std::ptrdiff_t>(i);
      const auto count = static_cast<std::size_t>(std::lower_bound(from, times.end(), end_) - from);
      bucket_.add_run(times.subspan(i, count), values.subspan(i, count));
      i += count;
    }
  }
  void add_bucket(const TierBucket& summed) override {
    const Bucket& bucket = summed.bucket;
    if (bucket.first.time < begin_ || bucket.first.time >= end_) go_to(bucket.first.time);
    bucket_.merge(bucket);
  }
  bool finish(core::HistorySeries& out) override {
    flush();
    out.times = std::move(times_);
    fill(out);
    return true;
  }

 protected:
  virtual void take(const Bucket& bucket) = 0;
  virtual void fill(core::HistorySeries& out) = 0;
  void put_time(std::int64_t time) { times_.push_back(wall(time)); }
  void put_bucket_time(const Bucket& bucket) { put_time(bucket.number * step_); }

 private:
  void flush() {
    if (bucket_.count != 0) take(bucket_);
    bucket_ = {};
  }
  void go_to(std::int64_t time) {
    flush();
    bucket_.number = bucket_of(time, step_);
    begin_ = bucket_.number * step_;
    end_ = begin_ > INT64_MAX - step_ ? INT64_MAX : begin_ + step_;
  }
  const bool event_;
  const bool counter_;
  const std::int64_t step_;
  std::int64_t begin_ = 1;  // of the bucket that is being filled; none as long as it is not before `end_`
  std::int64_t end_ = 0;
  Bucket bucket_;
  std::vector<core::WallTime> times_;
};

// Buckets that also know how their readings are spread, where that is wanted.
class SketchingSink : public BucketSink {
 public:
  SketchingSink(core::SeriesKind kind, std::int64_t step, bool sketching)
      : BucketSink(kind, step), sketching_(sketching), event_(kind == core::SeriesKind::kEvent) {}
  void add(std::int64_t time, double value, std::string_view text) override {
    BucketSink::add(time, value, text);  // takes the bucket before, when it is over
    if (sketching_ && !std::isnan(value)) sketch_.add(event_ ? 0 : value);
  }
  void add_run(std::span<const std::int64_t> times, std::span<const double> values) override {
    if (!sketching_) return BucketSink::add_run(times, values);
    for (std::size_t i = 0; i < times.size(); ++i) SketchingSink::add(times[i], values[i], {});
  }
  void add_bucket(const TierBucket& bucket) override {
    BucketSink::add_bucket(bucket);
    if (sketching_) sketch_.merge(bucket.sketch);
  }

 protected:
  // Of the bucket that is taken.
  [[nodiscard]] core::Sketch take_sketch() { return std::exchange(sketch_, {}); }

 private:
  const bool sketching_;
  const bool event_;
  core::Sketch sketch_;
};

class StatSink final : public SketchingSink {
 public:
  StatSink(core::SeriesKind kind, std::int64_t step, std::vector<core::Stat> stats,
           std::vector<std::uint8_t> percentiles = {})
      : SketchingSink(kind, step, !percentiles.empty()),
        stats_(std::move(stats)),
        percentiles_(std::move(percentiles)),
        columns_(stats_.size() + percentiles_.size()) {}

 private:
  void take(const Bucket& bucket) override {
    put_bucket_time(bucket);
    for (std::size_t i = 0; i < stats_.size(); ++i) columns_[i].push_back(bucket.stat(stats_[i]));
    if (percentiles_.empty()) return;
    const core::Sketch sketch = take_sketch();
    for (std::size_t i = 0; i < percentiles_.size(); ++i) {
      const double value = sketch.quantile(percentiles_[i] / 100.0);
      columns_[stats_.size() + i].push_back(std::clamp(value, bucket.min.value, bucket.max.value));
    }
  }
  void fill(core::HistorySeries& out) override {
    for (const core::Stat stat : stats_) out.names.emplace_back(core::to_text(stat));
    for (const int percentile : percentiles_) out.names.push_back("p" + std::to_string(percentile));
    out.values = std::move(columns_);
  }
  const std::vector<core::Stat> stats_;
  const std::vector<std::uint8_t> percentiles_;
  std::vector<std::vector<double>> columns_;
};

// First, minimum, maximum and last of every bucket, each reading once, in the order of time (Jugel et al., VLDB 2014).
class M4Sink final : public BucketSink {
 public:
  using BucketSink::BucketSink;

 private:
  void take(const Bucket& bucket) override {
    std::array<Moment, 4> moments = {bucket.first, bucket.min, bucket.max, bucket.last};
    if (moments[1].time > moments[2].time) std::swap(moments[1], moments[2]);
    for (std::size_t i = 0; i < moments.size(); ++i) {
      if (i > 0 && moments.at(i).time == moments.at(i - 1).time) continue;
      put_time(moments.at(i).time);
      values_.push_back(moments.at(i).value);
    }
  }
  void fill(core::HistorySeries& out) override {
    out.names = {"value"};
    out.values.push_back(std::move(values_));
  }
  std::vector<double> values_;
};

// Readings as long as they fit into `points`, buckets from then on.
class AutoSink final : public Sink {
 public:
  AutoSink(core::SeriesKind kind, std::int64_t step, std::uint32_t points, std::vector<std::uint8_t> percentiles)
      : points_(points),
        raw_(kind),
        buckets_(kind, step, {core::Stat::kMean, core::Stat::kMin, core::Stat::kMax, core::Stat::kCount},
                 std::move(percentiles)) {}
  void add(std::int64_t time, double value, std::string_view text) override {
    if (!full_ && raw_.size() < points_) {
      raw_.add(time, value, text);
      return;
    }
    fill();
    buckets_.add(time, value, text);
  }
  void add_run(std::span<const std::int64_t> times, std::span<const double> values) override {
    if (!full_ && raw_.size() + times.size() <= points_) return raw_.add_run(times, values);
    fill();
    buckets_.add_run(times, values);
  }
  void add_bucket(const TierBucket& bucket) override {
    fill();
    buckets_.add_bucket(bucket);
  }
  bool finish(core::HistorySeries& out) override { return full_ ? buckets_.finish(out) : raw_.finish(out); }

 private:
  void fill() {
    if (!full_) raw_.replay(buckets_);
    full_ = true;
  }
  const std::uint32_t points_;
  bool full_ = false;
  RawSink raw_;
  StatSink buckets_;
};

// The buckets themselves.
class TierSink final : public SketchingSink {
 public:
  TierSink(core::SeriesKind kind, std::int64_t step, std::vector<TierBucket>& out)
      : SketchingSink(kind, step, step >= kSketchFrom), out_(out) {}

 private:
  void take(const Bucket& bucket) override { out_.push_back({bucket, take_sketch()}); }
  void fill(core::HistorySeries& /*out*/) override {}

  std::vector<TierBucket>& out_;
};

}  // namespace

std::unique_ptr<Sink> make_tier_sink(core::SeriesKind kind, std::int64_t step, std::vector<TierBucket>& out) {
  return std::make_unique<TierSink>(kind, step, out);
}

bool takes_buckets(const core::HistoryQuery::Mode& mode, core::SeriesKind kind) {
  using Kind = core::HistoryQuery::Mode::Kind;
  if (mode.kind == Kind::kRaw) return false;
  if (mode.kind != Kind::kStat || !needs_summary(mode.stat)) return true;
  // Of counters alone a bucket says what fell within it.
  return core::quantile_of(mode.stat) || kind == core::SeriesKind::kCounter;
}

std::unique_ptr<Sink> make_sink(const core::HistoryQuery::Mode& mode, core::SeriesKind kind, std::int64_t step,
                                std::uint32_t points) {
  using Kind = core::HistoryQuery::Mode::Kind;
  switch (mode.kind) {
    case Kind::kRaw:
      return std::make_unique<RawSink>(kind);
    case Kind::kM4:
      if (kind == core::SeriesKind::kEvent) break;  // a picture of lines has no meaning for events
      return std::make_unique<M4Sink>(kind, step);
    case Kind::kStat:
      if (kind != core::SeriesKind::kEvent && needs_summary(mode.stat)) return make_summary_sink(mode.stat, step);
      return std::make_unique<StatSink>(kind, step, std::vector{mode.stat});
    case Kind::kAuto:
      break;
  }
  const bool spread = mode.kind == Kind::kAuto && kind != core::SeriesKind::kEvent;
  return std::make_unique<AutoSink>(kind, step, points, spread ? mode.percentiles : std::vector<std::uint8_t>{});
}

}  // namespace telltale::store
