#include "daemon/sinks/sender.h"

#include <algorithm>
#include <utility>

namespace telltale::sinks {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr core::Duration kLinger = milliseconds(100);  // readings wait for company
constexpr std::size_t kCompany = 500;
constexpr std::size_t kMostLive = 20'000;
constexpr core::Duration kFirstRetry = milliseconds(200);
constexpr core::Duration kLastRetry = milliseconds(600);  // fresh within a second of the other side's return
constexpr core::Duration kSaveEvery = seconds(1);
constexpr core::Duration kSaveForGoodEvery = minutes(5);
constexpr std::int64_t kSlack = 2'000'000'000;  // ns; what is measured reaches us that late
constexpr int kMostDeaths = 3;
constexpr core::BootTime kNever = core::BootTime::max();

std::int64_t ns(core::WallTime time) { return time.time_since_epoch().count(); }
core::WallTime wall(std::int64_t ns) { return core::WallTime(core::Duration(ns)); }

}  // namespace

Sender::Sender(SenderContext& context, core::SinkConfig config)
    : context_(context),
      config_(std::move(config)),
      log_(context.log.with(config_.instance.id)),
      files_(context.run_directory, context.state_directory, config_.instance.id),
      every_(config_.every.count()),
      routes_(context.catalog, config_, log_),
      refusals_(log_),
      recent_(config_.resend) {
  const std::int64_t now = ns(context.clock.wall_now());
  horizon_ = now - kSlack;
  const auto cursor = files_.load();
  if (!cursor) return;  // what was measured before there was a sink is not sent
  owe(cursor->owed);
  held_ = cursor->held;
  newest_ = cursor->newest;
  owe({cursor->horizon, std::max(now, cursor->newest) + 1});
  horizon_ = std::min(horizon_, cursor->horizon);
}

void Sender::take(const core::ReadingBatch& batch) {
  routes_.refresh();
  for (const core::Reading& reading : batch.readings()) {
    if (!reading.series.is_watch()) take_one(batch, reading);
  }
  while (live_.size() > kMostLive) {
    const std::int64_t time = ns(live_.front().time);
    owe({time, time + 1});
    live_.pop_front();
  }
}

void Sender::take_one(const core::ReadingBatch& batch, const core::Reading& reading) {
  core::SeriesPtr series = routes_.of(reading.series);
  if (series == nullptr) return;
  const std::int64_t time = ns(reading.time);
  newest_ = std::max(newest_, time);
  if (!time_known() && reading.quality == core::Quality::kUncertain && !reading.by_source) {
    held_.add({time, time + 1});
    ++status_.held;
    return;
  }
  if (time < horizon_) dirty_ = true;  // saved before it goes: a crash must not lose it
  if (every_ > 0) {
    const Span stretch = aligned({time, time + 1});
    if (stretch.from == noted_) return;
    noted_ = stretch.from;
    if (stretch.to > last_end_) return owe(stretch);
    late_.add(stretch);  // together with what else is late
    return;
  }
  if (live_.empty()) live_since_ = context_.clock.boot_now();
  live_.push_back(
      {std::move(series), reading.time, reading.value, reading.quality, std::string(batch.text_of(reading))});
}

core::BootTime Sender::step(core::BootTime now) {
  release();
  if (dirty_ || now >= save_at_) save(now);
  if (flight_) return save_at_;
  if (now < retry_at_) return std::min(retry_at_, save_at_);
  if (every_ > 0 && live_pieces_.empty()) read_fresh();
  if (send_live(now)) return save_at_;
  const core::BootTime next = std::min(live_.empty() ? kNever : live_since_ + kLinger, save_at_);
  if (now < backfill_at_) return std::min(next, backfill_at_);
  if (pieces_.empty() && !next_chunk()) return next;
  if (pieces_.empty()) return now;  // that stretch was empty, or could not be read now
  send_piece();
  return save_at_;
}

bool Sender::send_live(core::BootTime now) {
  if (!live_pieces_.empty()) {
    core::OutgoingBatchPtr piece = std::move(live_pieces_.front());
    live_pieces_.pop_front();
    send(std::move(piece));
    return true;
  }
  if (live_.size() < kCompany && (live_.empty() || now < live_since_ + kLinger)) return false;
  BatchBuilder builder(++context_.last_number, true);
  while (!live_.empty() && builder.add(live_.front())) live_.pop_front();
  live_since_ = now - kLinger;  // what is left has waited already
  send(builder.take());
  return true;
}

void Sender::send_piece() {
  // It was handed over before, and the instance that it was given to is not there any more.
  const std::uint64_t now = restarts();
  if (sent_before_ == pieces_.front() && now != restarts_before_ && ++deaths_ >= kMostDeaths) {
    refusals_.give_up(*pieces_.front(), "the plugin ended each time it was given these readings",
                      context_.clock.wall_now());
    pieces_.pop_front();
    deaths_ = 0;
    sent_before_.reset();
    return chunk_done();
  }
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

void Sender::send(core::OutgoingBatchPtr batch) {
  flight_ = Flight{++context_.last_number, batch};
  context_.send(config_.instance.id, flight_->number, std::move(batch));
}

void Sender::answered(std::uint64_t number, const core::Result<void>& how) {
  if (!flight_ || flight_->number != number) return;
  const Flight flight = *std::exchange(flight_, std::nullopt);
  if (!how && how.error().code != core::ErrorCode::kInvalid) return failed(flight, how.error());
  backoff_ = {};
  retry_at_ = {};
  if (how) {
    refusals_.accepted(*flight.batch);
    if (config_.resend > core::Duration{}) recent_.add(spans_of(*flight.batch), context_.clock.boot_now());
    status_.sent += flight.batch->readings.size();
    ++status_.batches;
    status_.last_sent_at = context_.clock.wall_now();
    if (std::exchange(away_said_, false)) log_.notice("readings go out again");
  }
  const bool ours = !pieces_.empty() && pieces_.front() == flight.batch;
  if (ours) {
    pieces_.pop_front();
    deaths_ = 0;
    const auto readings = static_cast<std::int64_t>(flight.batch->readings.size());
    backfill_at_ = context_.clock.boot_now() +
                   core::Duration(readings * 1'000'000'000 / static_cast<std::int64_t>(config_.backfill));
  }
  if (!how) {
    const auto parts = refusals_.refused(flight.batch, how.error().message, context_.clock.wall_now());
    if (ours) {
      pieces_.insert(pieces_.begin(), parts.begin(), parts.end());
    } else if (flight.batch->live) {
      live_pieces_.insert(live_pieces_.begin(), parts.begin(), parts.end());
    }
  }
  if (ours) chunk_done();
  if (live_pieces_.empty() && fresh_) owed_.remove(*std::exchange(fresh_, std::nullopt));
}

void Sender::chunk_done() {
  if (!pieces_.empty() || !chunk_) return;
  owed_.remove(*std::exchange(chunk_, std::nullopt));
  dirty_ = true;
}

void Sender::failed(const Flight& flight, const core::Error& why) {
  ++status_.retries;
  if (backoff_ == core::Duration{}) dirty_ = true;
  if (why.code == core::ErrorCode::kIo) {
    owe(recent_.all(context_.clock.boot_now()));
    recent_.clear();
  }
  if (why.code == core::ErrorCode::kIo && !std::exchange(away_said_, true)) {
    log_.warning("readings wait in the history: {}", why.message);
  }
  backoff_ = std::clamp<core::Duration>(2 * backoff_, kFirstRetry, kLastRetry);
  retry_at_ = context_.clock.boot_now() + backoff_;
  if (!flight.batch->live) return;
  if (every_ > 0) {
    // It is owed. When the other side is back there may be a newer stretch, which goes first. When the plugin ended it
    // waits for its turn: what ends it each time is found there.
    fresh_.reset();
    live_pieces_.clear();
    if (why.code == core::ErrorCode::kIo) last_end_ = INT64_MIN;
    return;
  }
  owe(spans_of(*flight.batch));
  for (const core::OutgoingBatchPtr& piece : live_pieces_) owe(spans_of(*piece));
  live_pieces_.clear();
}

// Of what nobody remembers when we end now.
Spans Sender::in_memory() const {
  Spans spans;
  if (flight_ && flight_->batch->live) spans.add(spans_of(*flight_->batch));
  for (const core::OutgoingBatchPtr& piece : live_pieces_) spans.add(spans_of(*piece));
  for (const Item& item : live_) spans.add({ns(item.time), ns(item.time) + 1});
  return spans;
}

Cursor Sender::cursor() {
  Cursor cursor;
  cursor.saved = ns(context_.clock.wall_now());
  cursor.horizon = cursor.saved - kSlack;
  cursor.newest = newest_;
  cursor.owed = owed_;
  cursor.owed.add(later_);
  cursor.owed.add(late_);
  cursor.owed.add(recent_.all(context_.clock.boot_now()));  // both sides may be killed at once
  if (every_ == 0) cursor.owed.add(in_memory());
  cursor.held = held_;
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
  status.series = routes_.count();
  status.parked = refusals_.readings();
  status.last_parked = refusals_.last();
  status.waiting = live_.size() + (flight_ ? flight_->batch->readings.size() : 0);
  for (const core::OutgoingBatchPtr& piece : live_pieces_) status.waiting += piece->readings.size();
  status.lost_series = lost_series_.size();
  Spans all = owed_;
  all.add(later_);
  // The stretch that is not over is not behind.
  if (every_ > 0) all.remove({end_of_last(), INT64_MAX});
  status.backlog = core::Duration(all.length());
  if (!all.empty()) status.owed_since = wall(all.all().front().from);
  return status;
}

}  // namespace telltale::sinks
