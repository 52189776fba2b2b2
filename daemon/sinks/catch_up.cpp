// The part of Sender that reads the history: what is owed, oldest first, and statistics of stretches that are over.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/chrono.h>

#include "daemon/sinks/sender.h"

namespace telltale::sinks {

namespace {

constexpr std::uint64_t kChunkReadings = 4'000;
constexpr std::uint64_t kReadForStats = 200'000;
constexpr std::int64_t kLongestReach = INT64_MAX / 4;
constexpr std::int64_t kGrace = 1'000'000'000;  // ns that a stretch waits for what is late
constexpr std::uint32_t kCountPoints = 100;
constexpr core::Duration kReadAgain = std::chrono::seconds(1);

std::int64_t ns(core::WallTime time) { return time.time_since_epoch().count(); }
core::WallTime wall(std::int64_t ns) { return core::WallTime(core::Duration(ns)); }

std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  const std::int64_t rest = time % step;
  return time - (rest < 0 ? rest + step : rest);
}

bool meet(const Span& a, const Span& b) { return a.from < b.to && b.from < a.to; }

std::string text_of(core::WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

bool is_measured(core::SeriesKind kind) {
  return kind == core::SeriesKind::kGauge || kind == core::SeriesKind::kCounter;
}

}  // namespace

// To whole stretches of `every`.
Span Sender::aligned(Span span) const {
  if (every_ == 0) return span;
  const std::int64_t from = floor_to(span.from, every_);
  const std::int64_t last = floor_to(span.to - 1, every_);
  return {from, last > INT64_MAX - every_ ? INT64_MAX : last + every_};
}

void Sender::owe(Span span) {
  if (span.from >= span.to) return;
  span = aligned(span);
  // It was read before that was known: it is read again.
  forget_reading(span);
  owed_.add(span);
}

void Sender::owe(const Spans& spans) {
  for (const Span& span : spans.all()) owe(span);
}

void Sender::forget_reading(Span span) {
  if (fresh_ && meet(*fresh_, span)) fresh_.reset();
  if (!chunk_ || !meet(*chunk_, span)) return;
  chunk_.reset();
  pieces_.clear();
}

void Sender::missed(Span span) {
  if (time_known()) return owe(span);
  held_.add(span);
  dirty_ = true;
}

void Sender::moved(Span span, core::Duration shift) {
  // What waits in memory has the times from before.
  std::erase_if(live_, [&](const Item& item) { return ns(item.time) >= span.from && ns(item.time) < span.to; });
  forget_reading(aligned(span));
  const Span to{span.from + shift.count(), span.to + shift.count()};
  forget_reading(aligned(to));
  later_.add(to);
  dirty_ = true;
}

// What waited for the clock, and for the history's correction.
void Sender::release() {
  const bool known = time_known();
  if ((later_.empty() && (held_.empty() || !known)) || !context_.history.corrected()) return;
  owe(std::exchange(later_, {}));
  dirty_ = true;
  if (!known) return;
  owe(std::exchange(held_, {}));
}

// Of stretches of `every`: where the newest one ends that is over.
std::int64_t Sender::end_of_last() const {
  return every_ == 0 ? INT64_MAX : floor_to(ns(context_.clock.wall_now()) - kGrace, every_);
}

// The newest stretch of `every` that is over, once, before anything else.
void Sender::read_fresh() {
  const std::int64_t end = end_of_last();
  if (end <= last_end_ || !time_known()) return;
  last_end_ = end;
  noted_ = INT64_MIN;
  owe(std::exchange(late_, {}));
  const Span newest{end - every_, end};
  const auto& all = owed_.all();
  if (std::none_of(all.begin(), all.end(), [&](const Span& one) { return meet(one, newest); })) return;
  routes_.refresh();
  auto items = read_stats(newest, false);
  if (!items) return cannot_read(items.error());
  put_pieces(*items, true, live_pieces_);
  if (live_pieces_.empty()) {
    owed_.remove(newest);
  } else {
    fresh_ = newest;
  }
}

std::optional<Span> Sender::next_span() {
  const std::int64_t end = end_of_last();
  // Of statistics nobody can tell which of their readings' times are to be corrected.
  if (every_ > 0 && !time_known()) return std::nullopt;
  if (owed_.empty() || owed_.all().front().from >= end) return std::nullopt;
  const Span first = owed_.all().front();
  const std::int64_t most = every_ == 0 ? reach_ : std::max(every_, floor_to(reach_, every_));
  const std::int64_t to = std::min(first.to, end);
  return Span{first.from, to - first.from <= most ? to : first.from + most};
}

bool Sender::next_chunk() {
  const auto span = next_span();
  if (span) {
    read_chunk(*span);
  } else if (lost_untold_ > 0) {
    tell_lost();
  }
  return span.has_value();
}

core::Result<core::HistoryResult> Sender::ask(Span chunk, std::vector<core::SeriesPtr> series,
                                              std::optional<core::Stat> stat, bool bounded) {
  core::HistoryQuery query;
  query.series = std::move(series);
  query.from = wall(chunk.from);
  query.to = wall(chunk.to);
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  if (bounded) query.max_readings = stat ? kReadForStats : kChunkReadings;
  if (stat) {
    query.mode.kind = core::HistoryQuery::Mode::Kind::kStat;
    query.mode.stat = *stat;
    query.buckets.emplace();
    query.buckets->every = core::Duration(every_);
    query.buckets->origin = core::Origin::kEpoch;
  }
  return context_.history.query(query);
}

void Sender::append_items(const core::HistorySeries& one, std::optional<core::Stat> stat, std::vector<Item>& items) {
  const core::SeriesPtr series = routes_.shown(one.series, stat);
  if (series == nullptr) return;
  const bool texts = !one.texts.empty();
  auto doubt = one.uncertain.begin();
  for (std::size_t i = 0; i < one.times.size(); ++i) {
    while (doubt != one.uncertain.end() && doubt->last < one.times[i]) ++doubt;
    const bool uncertain = doubt != one.uncertain.end() && doubt->first <= one.times[i];
    Item item{series, one.times[i], texts || one.values.empty() ? 0 : one.values[0][i],
              uncertain ? core::Quality::kUncertain : core::Quality::kGood, texts ? one.texts[i] : std::string()};
    if (std::isnan(item.value) && every_ > 0) continue;  // nothing to say of that stretch
    if (std::isnan(item.value)) item.quality = core::Quality::kBad;
    if (uncertain && !time_known()) {
      held_.add({ns(item.time), ns(item.time) + 1});
      continue;
    }
    items.push_back(std::move(item));
  }
}

core::Result<std::vector<Item>> Sender::read_items(Span chunk, bool bounded) {
  auto result = ask(chunk, routes_.chosen(), std::nullopt, bounded);
  if (!result) return result.error();
  std::vector<Item> items;
  for (const core::HistorySeries& one : result->series) append_items(one, std::nullopt, items);
  note_lost(chunk, *result);
  return items;
}

// Of what is measured, the statistics; of a state, the last of each stretch; of events, all.
core::Result<std::vector<Item>> Sender::read_stats(Span chunk, bool bounded) {
  std::vector<core::SeriesPtr> measured;
  std::vector<core::SeriesPtr> states;
  std::vector<core::SeriesPtr> events;
  const bool last_only = config_.stats.empty();
  for (core::SeriesPtr& series : routes_.chosen()) {
    const core::SeriesKind kind = series->declaration.kind;
    if (is_measured(kind) && !last_only) {
      measured.push_back(std::move(series));
    } else if (kind == core::SeriesKind::kEvent) {
      events.push_back(std::move(series));
    } else {
      states.push_back(std::move(series));
    }
  }
  std::vector<Item> items;
  const auto add = [&](const std::vector<core::SeriesPtr>& series, std::optional<core::Stat> stat,
                       std::optional<core::Stat> shown) -> core::Result<void> {
    if (series.empty()) return {};
    auto result = ask(chunk, series, stat, bounded);
    if (!result) return result.error();
    for (const core::HistorySeries& one : result->series) append_items(one, shown, items);
    return {};
  };
  core::Result<void> done;
  for (const core::Stat stat : config_.stats) {
    if (done) done = add(measured, stat, stat);
  }
  if (done) done = add(states, core::Stat::kLast, std::nullopt);
  if (done) done = add(events, std::nullopt, std::nullopt);
  if (!done) return done.error();
  return items;
}

void Sender::read_chunk(Span chunk) {
  routes_.refresh();
  const std::int64_t length = chunk.to - chunk.from;
  const bool bounded = length > std::max<std::int64_t>(1, every_);  // one instant, one stretch, is never cut
  auto items = every_ == 0 ? read_items(chunk, bounded) : read_stats(chunk, bounded);
  if (!items && items.error().code == core::ErrorCode::kLimit && bounded) {
    reach_ = std::max<std::int64_t>(1, std::min(reach_, length) / 2);
    return;
  }
  if (!items) return cannot_read(items.error());
  if (items->size() < kChunkReadings / 4) reach_ = std::min(reach_ * 2, kLongestReach);
  chunk_ = chunk;
  put_pieces(*items, false, pieces_);
  chunk_done();  // when it was empty
}

void Sender::cannot_read(const core::Error& why) {
  retry_at_ = context_.clock.boot_now() + kReadAgain;
  log_.warning("what is to be caught up cannot be read: {}", why.message);
}

void Sender::put_pieces(std::vector<Item>& items, bool live, Pieces& pieces) {
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < items.size();) {
    BatchBuilder builder(++context_.last_number, live);
    while (i < items.size() && builder.add(items[i])) ++i;
    pieces.push_back(builder.take());
  }
}

// Not all that was owed is left in the history: how much is not, its buckets know.
void Sender::note_lost(Span chunk, const core::HistoryResult& left) {
  if (!left.gone || ns(*left.gone) < chunk.from) {
    if (lost_untold_ > 0) tell_lost();
    return;
  }
  const Span gone{chunk.from, std::min(chunk.to, ns(*left.gone) + 1)};
  core::HistoryQuery query;
  for (const core::HistorySeries& one : left.series) query.series.push_back(one.series);
  query.from = wall(gone.from);
  query.to = wall(gone.to);
  query.points = kCountPoints;
  query.mode.kind = core::HistoryQuery::Mode::Kind::kStat;
  query.mode.stat = core::Stat::kCount;
  const auto counted = context_.history.query(query);
  if (!counted) return log_.warning("what is lost to it cannot be counted: {}", counted.error().message);
  std::uint64_t lost = 0;
  for (std::size_t i = 0; i < counted->series.size() && i < left.series.size(); ++i) {
    double were = 0;
    for (const auto& column : counted->series[i].values) {
      for (const double count : column) were += std::isnan(count) ? 0 : count;
    }
    const auto& times = left.series[i].times;
    const auto are = std::count_if(times.begin(), times.end(), [&](core::WallTime time) { return ns(time) < gone.to; });
    if (were <= static_cast<double>(are)) continue;
    lost += static_cast<std::uint64_t>(were) - static_cast<std::uint64_t>(are);
    lost_series_.insert(counted->series[i].series->id);
  }
  if (lost == 0) return;
  status_.lost += core::Duration(gone.to - gone.from);
  status_.lost_readings += lost;
  lost_untold_ += lost;
  if (!status_.lost_from || wall(gone.from) < *status_.lost_from) status_.lost_from = wall(gone.from);
  if (!status_.lost_to || wall(gone.to) > *status_.lost_to) status_.lost_to = wall(gone.to);
}

void Sender::tell_lost() {
  lost_untold_ = 0;
  log_.error("{} readings of {} series, from {} to {}, are lost to it: the history no longer has them",
             status_.lost_readings, lost_series_.size(), text_of(*status_.lost_from), text_of(*status_.lost_to));
}

}  // namespace telltale::sinks
