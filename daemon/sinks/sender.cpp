#include "daemon/sinks/sender.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace telltale::sinks {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr core::Duration kLinger = milliseconds(100);  // readings wait for company
constexpr std::size_t kCompany = 500;
constexpr std::size_t kMostLive = 20'000;
constexpr std::uint64_t kChunkReadings = 4'000;
constexpr std::int64_t kLongestReach = INT64_MAX / 4;
constexpr core::Duration kFirstRetry = milliseconds(200);
constexpr core::Duration kLastRetry = milliseconds(800);  // fresh within a second of the other side's return
constexpr core::Duration kSaveEvery = seconds(1);
constexpr core::Duration kSaveForGoodEvery = minutes(5);
constexpr std::int64_t kSlack = 2'000'000'000;          // ns; what is measured reaches us that late
constexpr std::int64_t kWorthTelling = 60'000'000'000;  // ns of lost time
constexpr std::size_t kMostParked = 16;
constexpr int kMostDeaths = 3;
constexpr core::BootTime kNever = core::BootTime::max();

std::int64_t ns(core::WallTime time) { return time.time_since_epoch().count(); }
core::WallTime wall(std::int64_t ns) { return core::WallTime(core::Duration(ns)); }

}  // namespace

Sender::Sender(SenderContext& context, core::SinkConfig config)
    : context_(context),
      config_(std::move(config)),
      log_(context.log.with(config_.instance.id)),
      files_(context.run_directory, context.state_directory, config_.instance.id) {
  for (const std::string& text : config_.series) {
    if (auto selector = core::Selector::parse(text)) selectors_.push_back(std::move(*selector));
  }
  const std::int64_t now = ns(context.clock.wall_now());
  horizon_ = now - kSlack;
  const auto cursor = files_.load();
  if (!cursor) return;  // what was measured before there was a sink is not sent
  owed_ = cursor->owed;
  held_ = cursor->held;
  newest_ = cursor->newest;
  owed_.add({cursor->horizon, std::max(now, cursor->newest) + 1});
  horizon_ = std::min(horizon_, cursor->horizon);
}

bool Sender::chosen(const core::SeriesInfo& series) const {
  return std::any_of(selectors_.begin(), selectors_.end(),
                     [&](const core::Selector& selector) { return selector.matches(series.declaration.key); });
}

void Sender::refresh_routes() {
  const std::uint64_t generation = context_.catalog.generation();
  if (generation == generation_) return;
  generation_ = generation;
  routes_.clear();
}

core::SeriesPtr Sender::outgoing(const core::SeriesPtr& series) {
  auto& [known, shown] = shown_[series->id];
  if (known == series) return shown;
  auto other = std::make_shared<core::SeriesInfo>(*series);
  core::Labels& labels = other->declaration.key.labels;
  for (const auto& label : config_.labels) {
    const bool has =
        std::any_of(labels.begin(), labels.end(), [&](const auto& own) { return own.first == label.first; });
    if (!has && labels.size() < core::kMaxLabels) labels.push_back(label);
  }
  std::sort(labels.begin(), labels.end());
  known = series;
  shown = std::move(other);
  return shown;
}

core::SeriesPtr Sender::route(core::SeriesId id) {
  const auto found = routes_.find(id);
  if (found != routes_.end()) return found->second;
  const core::SeriesPtr series = context_.catalog.find(id);
  core::SeriesPtr out = series != nullptr && chosen(*series) ? outgoing(series) : nullptr;
  routes_.emplace(id, out);
  return out;
}

void Sender::take(const core::ReadingBatch& batch) {
  refresh_routes();
  const bool trusted = config_.uncertain || context_.clock.synchronised();
  for (const core::Reading& reading : batch.readings()) {
    if (reading.series.is_watch()) continue;
    core::SeriesPtr series = route(reading.series);
    if (series == nullptr) continue;
    const std::int64_t time = ns(reading.time);
    newest_ = std::max(newest_, time);
    if (!trusted && reading.quality == core::Quality::kUncertain && !reading.by_source) {
      held_.add({time, time + 1});
      ++status_.held;
      continue;
    }
    if (time < horizon_) dirty_ = true;  // saved before it goes: a crash must not lose it
    if (live_.empty()) live_since_ = context_.clock.boot_now();
    live_.push_back(
        {std::move(series), reading.time, reading.value, reading.quality, std::string(batch.text_of(reading))});
  }
  while (live_.size() > kMostLive) {
    const std::int64_t time = ns(live_.front().time);
    owed_.add({time, time + 1});
    live_.pop_front();
  }
}

void Sender::owe_later(Span span) {
  later_.add(span);
  later_at_ = context_.clock.boot_now() + std::max<core::Duration>(seconds(5), 3 * context_.commit);
  dirty_ = true;
}

void Sender::release_held(core::BootTime now) {
  if (!held_.empty() && (config_.uncertain || context_.clock.synchronised())) {
    for (const Span& span : held_.all()) owe_later(span);
    held_.clear();
  }
  if (later_.empty() || now < later_at_) return;
  owed_.add(std::exchange(later_, {}));
  dirty_ = true;
}

core::BootTime Sender::step(core::BootTime now) {
  release_held(now);
  if (dirty_ || now >= save_at_) save(now);
  if (flight_) return save_at_;
  if (now < retry_at_) return std::min(retry_at_, save_at_);
  if (live_.size() >= kCompany || (!live_.empty() && now >= live_since_ + kLinger)) {
    send_live();
    return save_at_;
  }
  core::BootTime next = live_.empty() ? kNever : live_since_ + kLinger;
  if (now < backfill_at_) return std::min({next, backfill_at_, save_at_});
  if (pieces_.empty() && !next_chunk()) {
    if (!later_.empty()) next = std::min(next, later_at_);
    return std::min(next, save_at_);
  }
  if (pieces_.empty()) return now;  // that stretch was empty, or could not be read now
  chunk_step();
  return save_at_;
}

void Sender::send_live() {
  BatchBuilder builder(++last_number_, true);
  while (!live_.empty() && builder.add(live_.front())) live_.pop_front();
  live_since_ = context_.clock.boot_now() - kLinger;  // what is left has waited already
  send(builder.take());
}

void Sender::chunk_step() {
  if (kills_the_plugin()) {
    park(*pieces_.front(), "the plugin ended each time it was given these readings");
    pieces_.pop_front();
    deaths_ = 0;
    sent_before_.reset();
    if (pieces_.empty() && chunk_) owed_.remove(*std::exchange(chunk_, std::nullopt));
    return;
  }
  // It was handed over before, and the instance that it was given to is not there any more.
  const std::uint64_t now = restarts();
  if (sent_before_ == pieces_.front() && now != restarts_before_ && ++deaths_ >= kMostDeaths) return;
  restarts_before_ = now;
  sent_before_ = pieces_.front();
  send(pieces_.front());
}

std::uint64_t Sender::restarts() const {
  for (const core::InputStatus& one : context_.instances.inputs()) {
    if (one.id == config_.instance.id) return one.restarts;
  }
  return 0;
}

bool Sender::kills_the_plugin() const { return deaths_ >= kMostDeaths; }

void Sender::send(core::OutgoingBatchPtr batch) {
  flight_ = Flight{++last_number_, batch};
  context_.send(config_.instance.id, flight_->number, std::move(batch));
}

void Sender::answered(std::uint64_t number, const core::Result<void>& how) {
  if (!flight_ || flight_->number != number) return;
  const Flight flight = *std::exchange(flight_, std::nullopt);
  const auto readings = static_cast<std::uint64_t>(flight.batch->readings.size());
  if (!how && how.error().code != core::ErrorCode::kInvalid) return failed(flight, how.error());
  if (how) {
    status_.sent += readings;
    ++status_.batches;
    status_.last_sent_at = context_.clock.wall_now();
  } else {
    park(*flight.batch, how.error().message);
  }
  if (how && std::exchange(away_said_, false)) log_.notice("readings go out again");
  backoff_ = {};
  retry_at_ = {};
  if (flight.batch->live) return;
  if (!pieces_.empty() && pieces_.front() == flight.batch) pieces_.pop_front();
  deaths_ = 0;
  backfill_at_ = context_.clock.boot_now() + core::Duration(readings * 1'000'000'000 / config_.backfill);
  if (!pieces_.empty() || !chunk_) return;
  owed_.remove(*std::exchange(chunk_, std::nullopt));
  dirty_ = true;
}

void Sender::failed(const Flight& flight, const core::Error& why) {
  ++status_.retries;
  if (backoff_ == core::Duration{}) dirty_ = true;
  if (why.code == core::ErrorCode::kIo && !std::exchange(away_said_, true)) {
    log_.warning("readings wait in the history: {}", why.message);
  }
  backoff_ = std::clamp<core::Duration>(2 * backoff_, kFirstRetry, kLastRetry);
  retry_at_ = context_.clock.boot_now() + backoff_;
  if (flight.batch->live) owed_.add(spans_of(*flight.batch));
}

void Sender::park(const core::OutgoingBatch& batch, const std::string& reason) {
  core::ParkedBatch parked;
  parked.at = context_.clock.wall_now();
  parked.from = core::WallTime::max();
  parked.to = core::WallTime::min();
  for (const core::OutgoingReading& reading : batch.readings) {
    parked.from = std::min(parked.from, reading.time);
    parked.to = std::max(parked.to, reading.time);
  }
  parked.readings = batch.readings.size();
  parked.reason = reason;
  status_.parked += parked.readings;
  log_.error("{} readings are not taken by the other side and not sent again: {}", parked.readings, reason);
  status_.last_parked.push_back(std::move(parked));
  if (status_.last_parked.size() > kMostParked) status_.last_parked.erase(status_.last_parked.begin());
}

// What is older than the history's oldest reading cannot be sent any more.
void Sender::note_lost(std::int64_t before) {
  const Span first = owed_.all().front();
  const Span gone{first.from, std::min(first.to, before)};
  owed_.remove(gone);
  dirty_ = true;
  if (gone.to - gone.from < kWorthTelling) return;
  status_.lost += core::Duration(gone.to - gone.from);
  if (!status_.lost_from || wall(gone.from) < *status_.lost_from) status_.lost_from = wall(gone.from);
  if (!status_.lost_to || wall(gone.to) > *status_.lost_to) status_.lost_to = wall(gone.to);
  log_.error("readings of {} s are lost to it: the history no longer has what is {} s old",
             (gone.to - gone.from) / 1'000'000'000, (ns(context_.clock.wall_now()) - gone.to) / 1'000'000'000);
}

bool Sender::next_chunk() {
  if (owed_.empty()) return false;
  std::int64_t oldest = INT64_MIN;
  if (context_.raw > core::Duration{}) oldest = ns(context_.clock.wall_now() - context_.raw);
  const Span first = owed_.all().front();
  if (first.from < oldest) {
    note_lost(oldest);
    return true;
  }
  const std::int64_t end = first.to - first.from <= reach_ ? first.to : first.from + reach_;
  return read_chunk({first.from, end});
}

bool Sender::read_chunk(Span chunk) {
  refresh_routes();
  core::HistoryQuery query;
  std::vector<core::SeriesPtr> all;
  for (const core::Selector& selector : selectors_) {
    for (core::SeriesPtr& series : context_.catalog.match(selector)) all.push_back(std::move(series));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id == b->id; }),
            all.end());
  query.series = std::move(all);
  query.from = wall(chunk.from);
  query.to = wall(chunk.to);
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  const bool whole = chunk.to - chunk.from > 1;  // one instant is never cut
  query.max_readings = whole ? kChunkReadings : 0;
  auto result = context_.history.query(query);
  if (!result && result.error().code == core::ErrorCode::kLimit) {
    reach_ = std::max<std::int64_t>(1, std::min(reach_, chunk.to - chunk.from) / 2);
    return true;
  }
  if (!result) {
    backfill_at_ = context_.clock.boot_now() + seconds(1);
    log_.warning("what is to be caught up cannot be read: {}", result.error().message);
    return true;
  }
  std::vector<Item> items;
  for (core::HistorySeries& one : result->series) {
    const core::SeriesPtr series = outgoing(one.series);
    const bool texts = !one.texts.empty();
    auto doubt = one.uncertain.begin();
    for (std::size_t i = 0; i < one.times.size(); ++i) {
      while (doubt != one.uncertain.end() && doubt->last < one.times[i]) ++doubt;
      const bool uncertain = doubt != one.uncertain.end() && doubt->first <= one.times[i];
      Item item{series, one.times[i], texts || one.values.empty() ? 0 : one.values[0][i],
                uncertain ? core::Quality::kUncertain : core::Quality::kGood, texts ? one.texts[i] : std::string()};
      if (std::isnan(item.value)) item.quality = core::Quality::kBad;
      items.push_back(std::move(item));
    }
  }
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.time < b.time; });
  if (items.size() < kChunkReadings / 4) reach_ = std::min(reach_ * 2, kLongestReach);
  if (items.empty()) {
    owed_.remove(chunk);
    dirty_ = true;
    return true;
  }
  chunk_ = chunk;
  for (std::size_t i = 0; i < items.size();) {
    BatchBuilder builder(++last_number_, false);
    while (i < items.size() && builder.add(items[i])) ++i;
    pieces_.push_back(builder.take());
  }
  return true;
}

Cursor Sender::cursor() const {
  Cursor cursor;
  cursor.saved = ns(context_.clock.wall_now());
  cursor.horizon = cursor.saved - kSlack;
  cursor.newest = newest_;
  cursor.owed = owed_;
  cursor.owed.add(later_);
  cursor.held = held_;
  if (flight_ && flight_->batch->live) cursor.owed.add(spans_of(*flight_->batch));
  for (const Item& item : live_) cursor.owed.add({ns(item.time), ns(item.time) + 1});
  return cursor;
}

void Sender::save(core::BootTime now) {
  const Cursor now_is = cursor();
  // An outage that begins or ends is worth a write to the flash.
  const bool owes = !now_is.owed.empty() && backoff_ != core::Duration{};
  const bool for_good = now >= save_for_good_at_ || owes != owed_for_good_;
  const auto saved = for_good ? files_.save_for_good(now_is) : files_.save(now_is);
  if (for_good) {
    save_for_good_at_ = now + kSaveForGoodEvery;
    owed_for_good_ = owes;
  }
  save_at_ = now + kSaveEvery;
  horizon_ = now_is.horizon;
  dirty_ = false;
  if (!saved && !save_failed_) log_.error("how far it is cannot be kept: {}", saved.error().text());
  save_failed_ = !saved;
}

void Sender::finish() {
  if (const auto saved = files_.save_for_good(cursor()); !saved) {
    log_.error("how far it is cannot be kept: {}", saved.error().text());
  }
}

core::SinkStatus Sender::status() const {
  core::SinkStatus status = status_;
  status.instance.id = config_.instance.id;
  status.series = static_cast<std::uint64_t>(
      std::count_if(routes_.begin(), routes_.end(), [](const auto& route) { return route.second != nullptr; }));
  status.waiting = live_.size() + (flight_ ? flight_->batch->readings.size() : 0);
  Spans all = owed_;
  all.add(later_);
  status.backlog = core::Duration(all.length());
  if (!all.empty()) status.owed_since = wall(all.all().front().from);
  return status;
}

}  // namespace telltale::sinks
