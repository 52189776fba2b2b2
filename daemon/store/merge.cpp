#include "daemon/store/merge.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace telltale::store {

namespace {

bool is_uncertain(Mark mark) { return quality_of(mark) == core::Quality::kUncertain; }

}  // namespace

void SeriesMerge::add(std::uint64_t arrival, std::int64_t time, double value, Mark mark, std::string text) {
  const bool goes_on = !runs_.empty() && runs_.back().arrivals.empty() && runs_.back().arrival == arrival;
  if (!goes_on) runs_.emplace_back();
  Run& run = runs_.back();
  run.arrival = arrival;
  if (!run.times.empty() && run.times.back() >= time) run.strict = false;
  run.times.push_back(time);
  run.values.push_back(value);
  if (!run.uncertain.empty() || is_uncertain(mark)) {
    run.uncertain.resize(run.times.size() - 1);
    run.uncertain.push_back(is_uncertain(mark) ? 1 : 0);
  }
  if (text.empty() && run.texts.empty()) return;
  run.texts.resize(run.times.size() - 1);
  run.texts.push_back(std::move(text));
}

void SeriesMerge::add(std::uint64_t arrival, const Column& column, std::size_t begin, std::size_t end) {
  if (begin >= end) return;
  Run& run = runs_.emplace_back();
  run.arrival = arrival;
  const auto from = static_cast<std::ptrdiff_t>(begin);
  const auto to = static_cast<std::ptrdiff_t>(end);
  run.times.assign(column.times.begin() + from, column.times.begin() + to);
  run.values.assign(column.values.begin() + from, column.values.begin() + to);
  run.strict = std::adjacent_find(run.times.begin(), run.times.end(), std::greater_equal<>()) == run.times.end();
  if (!column.marks.empty() && std::any_of(column.marks.begin() + from, column.marks.begin() + to, is_uncertain)) {
    for (std::size_t i = begin; i < end; ++i) run.uncertain.push_back(is_uncertain(column.marks[i]) ? 1 : 0);
  }
  if (column.texts.which.empty()) return;
  for (std::size_t i = begin; i < end; ++i) {
    const std::string* text = column.text(i);
    run.texts.push_back(text == nullptr ? std::string() : *text);
  }
}

// Whether the runs, sorted, are one sequence in which no time is twice.
bool SeriesMerge::in_order() {
  std::stable_sort(runs_.begin(), runs_.end(),
                   [](const Run& a, const Run& b) { return a.times[a.at] < b.times[b.at]; });
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (!runs_[i].strict) return false;
    if (i > 0 && runs_[i - 1].times.back() >= runs_[i].times[runs_[i].at]) return false;
  }
  return true;
}

// One run of all, sorted; within one arrival, readings stay as they came.
void SeriesMerge::unite() {
  struct Place {
    std::int64_t time;
    std::uint64_t arrival;
    std::size_t run;
    std::size_t index;
  };
  std::vector<Place> places;
  bool texts = false;
  bool doubts = false;
  for (std::size_t r = 0; r < runs_.size(); ++r) {
    const Run& run = runs_[r];
    texts = texts || !run.texts.empty();
    doubts = doubts || !run.uncertain.empty();
    for (std::size_t i = run.at; i < run.times.size(); ++i) places.push_back({run.times[i], run.arrival_of(i), r, i});
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.time, a.arrival) < std::tie(b.time, b.arrival);
  });
  Run all;
  for (const Place& place : places) {
    Run& run = runs_[place.run];
    all.times.push_back(place.time);
    all.values.push_back(run.values[place.index]);
    all.arrivals.push_back(place.arrival);
    if (doubts) all.uncertain.push_back(run.uncertain.empty() ? 0 : run.uncertain[place.index]);
    if (texts) all.texts.push_back(run.texts.empty() ? std::string() : std::move(run.texts[place.index]));
  }
  all.strict = std::adjacent_find(all.times.begin(), all.times.end(), std::greater_equal<>()) == all.times.end();
  runs_.clear();
  runs_.push_back(std::move(all));
}

void SeriesMerge::settle(std::int64_t time) {
  if (runs_.empty()) return;
  if (!in_order() && !(runs_.size() == 1 && !runs_.front().arrivals.empty())) unite();
  for (Run& run : runs_) {
    const auto begin = run.times.begin() + static_cast<std::ptrdiff_t>(run.at);
    emit(run, static_cast<std::size_t>(std::lower_bound(begin, run.times.end(), time) - run.times.begin()));
  }
  std::erase_if(runs_, [](const Run& run) { return run.at == run.times.size(); });
}

// Up to before `end`, with the buckets that lie between.
void SeriesMerge::emit(Run& run, std::size_t end) {
  while (run.at < end) {
    std::size_t stop = end;
    if (next_bucket_ < buckets_.size()) {
      const TierBucket& bucket = buckets_[next_bucket_];
      const auto begin = run.times.begin() + static_cast<std::ptrdiff_t>(run.at);
      const auto until = run.times.begin() + static_cast<std::ptrdiff_t>(end);
      stop = static_cast<std::size_t>(std::lower_bound(begin, until, bucket.bucket.first.time) - run.times.begin());
      if (stop == run.at) {
        emit_bucket(bucket);
        ++next_bucket_;
        continue;
      }
    }
    emit_readings(run, run.at, stop);
    run.at = stop;
  }
}

void SeriesMerge::emit_bucket(const TierBucket& bucket) {
  sink_->add_bucket(bucket);
  if (bucket.bucket.uncertain) {
    doubts_.add(bucket.bucket.first.time, bucket.bucket.last.time);
  } else {
    doubts_.sure();
  }
}

void SeriesMerge::note_doubts(const Run& run, std::size_t begin, std::size_t end) {
  if (run.uncertain.empty()) return doubts_.sure();
  for (std::size_t i = begin; i < end; ++i) {
    if (i + 1 < run.times.size() && run.times[i + 1] == run.times[i]) continue;
    if (run.uncertain[i] != 0) {
      doubts_.add(run.times[i], run.times[i]);
    } else {
      doubts_.sure();
    }
  }
}

void SeriesMerge::emit_readings(const Run& run, std::size_t begin, std::size_t end) {
  note_doubts(run, begin, end);
  if (run.strict && run.texts.empty()) {
    sink_->add_run(std::span(run.times).subspan(begin, end - begin), std::span(run.values).subspan(begin, end - begin));
    return;
  }
  for (std::size_t i = begin; i < end; ++i) {
    if (i + 1 < run.times.size() && run.times[i + 1] == run.times[i]) continue;
    sink_->add(run.times[i], run.values[i], run.texts.empty() ? std::string_view() : run.texts[i]);
  }
}

bool SeriesMerge::finish(core::HistorySeries& out) {
  settle(INT64_MAX);
  for (Run& run : runs_) emit(run, run.times.size());  // the very last moment of time, which nothing is before
  runs_.clear();
  for (; next_bucket_ < buckets_.size(); ++next_bucket_) emit_bucket(buckets_[next_bucket_]);
  const bool buckets = sink_->finish(out);
  out.uncertain = doubts_.spans();
  return buckets;
}

}  // namespace telltale::store
