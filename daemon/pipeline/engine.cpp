#include "daemon/pipeline/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace telltale::pipeline {

namespace {

// A clock that says less was never set.
constexpr core::WallTime kClocksAreSet = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);
constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

// The ring's and the store's times are ns in 64 bits: what cannot be a time of this device is refused early.
// 2262-04-11 is the last; one tolerance is far from either end.
bool is_plausible(core::WallTime time) {
  using std::chrono::years;
  return time > core::WallTime(-years(200)) && time < core::WallTime(years(280));
}

}  // namespace

Engine::Engine(EngineOptions options, Registry& registry, WatchTable& watches, core::HistoryWriter& history,
               const core::Clock& clock, core::Logger log)
    : options_(std::move(options)),
      registry_(registry),
      watches_(watches),
      history_(history),
      log_(std::move(log)),
      time_(clock),
      batch_(std::make_shared<core::ReadingBatch>()) {}

void Engine::begin_pass() {
  if (const auto change = time_.refresh()) take_over(*change);
  if (live_ != nullptr && !time_.provisional() && !std::exchange(said_time_known_, true)) live_->time_known();
}

void Engine::take_over(const TimeMap::Change& change) {
  const double step = std::chrono::duration<double>(change.step).count();
  if (change.synchronised) {
    log_.notice("the clock is synchronised; times since the start are corrected by {} s", step);
  } else {
    log_.notice("the wall clock stepped by {} s; {}", step,
                change.corrections.empty() ? "times go on with it" : "times that were given before are corrected");
  }
  bool kept = true;
  for (const core::TimeCorrection& correction : change.corrections) {
    if (const auto done = history_.correct_times(correction); !done && kept) {
      kept = false;
      log_.warning("history keeps the times that the clock gave before: {}", done.error().text());
    }
    for (const auto& state : states_) {
      if (state) state->correct(correction);
    }
    if (live_ == nullptr || correction.shift == core::Duration{}) continue;
    live_->rewritten(std::min(correction.from, correction.from + correction.shift),
                     std::max(correction.to, correction.to + correction.shift));
    live_->moved(correction.from, correction.to, correction.shift);
  }
}

SeriesState& Engine::state_of(const core::SeriesPtr& series) {
  const std::size_t index = series->id.value;
  if (index >= states_.size()) states_.resize(index + 1);
  if (!states_[index]) states_[index] = std::make_unique<SeriesState>(series, options_.windows, series->counter);
  return *states_[index];
}

void Engine::reserve(std::string_view input, std::set<std::string, std::less<>> names) {
  registry_.reserve(input, std::move(names));
  ++reservations_;
}

SeriesState* Engine::declare(std::string_view input, const core::SeriesDeclaration& declaration) {
  auto declared = registry_.declare(input, declaration);
  if (!declared) {
    log_.warning("series refused: {}", declared.error().text());
    return nullptr;
  }
  SeriesState& state = state_of(declared->series);
  if (declared->changed) {
    state.replace(declared->series);
    history_.declare(*declared->series);
  }
  return &state;
}

namespace {

// Two readings of one series and one time are one: the store keeps the last. That is for a source to say; times that
// are given here, to many readings of one moment, never make them one.
core::WallTime apart_from_newest(const SeriesState& state, core::WallTime time) {
  if (!state.has_reading()) return time;
  const core::WallTime newest = state.newest().time;
  const bool close = time <= newest && newest - time < std::chrono::seconds(1);
  return close ? newest + std::chrono::nanoseconds(1) : time;
}

}  // namespace

Engine::Stamped Engine::wall_time(Stamp stamp, core::Quality& quality) {
  const auto doubt = [&quality] {
    if (quality == core::Quality::kGood) quality = core::Quality::kUncertain;
  };
  if (stamp.source == Stamp::Source::kWall) {
    const core::WallTime said{core::Duration(stamp.ns)};
    if (is_plausible(said) && said <= time_.now() + options_.future_tolerance) {
      // The source's clock is its own affair, unless it is one that was never set, as ours.
      const bool unset = time_.provisional() && said < kClocksAreSet;
      if (unset) doubt();
      return {said, true, !unset};
    }
    doubt();
    return {time_.now()};
  }
  if (!time_.certain()) doubt();
  if (stamp.source == Stamp::Source::kBoot) {
    // A plugin cannot have measured in the future: it is wrong, and its reading is from now.
    const core::BootTime measured{core::Duration(stamp.ns)};
    if (stamp.ns >= 0 && time_.has_come(measured)) return {time_.to_wall(measured), true};
  }
  return {time_.now()};
}

// The number of a state that came as text: its own, or the next free one. False when it has too many.
bool Engine::name_state(SeriesState& state, std::string_view text, double& value) {
  core::SeriesDeclaration declaration = state.series()->declaration;
  std::int64_t next = 0;
  for (const auto& [number, name] : declaration.states) {
    if (name == text) {
      value = static_cast<double>(number);
      return true;
    }
    next = std::max(next, number + 1);
  }
  if (declaration.states.size() >= core::kMaxStates) return false;
  declaration.states.emplace_back(next, text);
  value = static_cast<double>(next);
  return declare(state.series()->input, declaration) != nullptr;
}

bool Engine::take(SeriesState& state, Stamp stamp, double value, core::Quality quality, std::string_view text) {
  const core::SeriesKind kind = state.series()->declaration.kind;
  const bool is_event = kind == core::SeriesKind::kEvent;
  const bool named = kind == core::SeriesKind::kState && !text.empty();
  bool good = is_event == (!text.empty() && !named) || (is_event && quality == core::Quality::kBad);
  if (good && named && quality != core::Quality::kBad) good = name_state(state, text, value);
  if (quality == core::Quality::kBad || is_event) value = kAbsent;
  if (!good || (quality != core::Quality::kBad && !is_event && !std::isfinite(value))) {
    counters_.rejected.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  core::Reading reading;
  reading.series = state.series()->id;
  reading.value = value;
  const Stamped stamped = wall_time(stamp, quality);
  reading.time = stamped.time;
  if (!stamped.measured) reading.time = apart_from_newest(state, stamped.time);
  reading.by_source = stamped.by_source;
  reading.quality = quality;
  accept(state, reading, is_event ? text : std::string_view{}, true);
  return true;
}

// `told`: a follower hears of it.
void Engine::accept(SeriesState& state, const core::Reading& reading, std::string_view text, bool told) {
  if (text.empty()) {
    batch_->add(reading);
  } else {
    batch_->add_text(reading, text);
  }
  if (state.take(reading, text, time_.boot_now())) {
    counters_.late.fetch_add(1, std::memory_order_relaxed);
  } else if (state.followed() && told) {
    followed_.push_back(reading);
  }
  if (!state.watches().empty() && (touched_.empty() || touched_.back() != &state)) touched_.push_back(&state);
}

core::Result<std::uint64_t> Engine::finish_pass() {
  if (!followed_.empty()) tell_follower();
  const std::size_t size = batch_->size();
  auto position = history_.append(*batch_);
  if (position.has_error() && size > 0) {
    counters_.journal_lost.fetch_add(size, std::memory_order_relaxed);
    if (!journal_full_) log_.error("history is not kept: {}", position.error().text());
  } else if (journal_full_) {
    log_.notice("history is kept again; {} readings were shown but not kept", counters_.journal_lost.load());
  }
  journal_full_ = position.has_error();
  if (!journal_full_) time_.note_position(*position);
  if (size == 0) return position;
  counters_.readings.fetch_add(size, std::memory_order_relaxed);
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  for (SeriesState* state : touched_) tell_watches(*state, state->newest().time, false);
  touched_.clear();
  if (live_ != nullptr) {
    live_->publish(std::move(batch_));
    batch_ = std::make_shared<core::ReadingBatch>();
  } else {
    batch_->clear();
  }
  return position;
}

core::PostOutcome Engine::post(const std::vector<core::PostedReading>& readings) {
  core::PostOutcome outcome;
  for (const core::PostedReading& posted : readings) {
    SeriesState* const state = declare(Registry::kPosted, posted.series);
    Stamp stamp;
    if (posted.time) stamp = {Stamp::Source::kWall, posted.time->time_since_epoch().count()};
    if (state != nullptr && take(*state, stamp, posted.value, core::Quality::kGood, posted.text)) {
      ++outcome.accepted;
      continue;
    }
    if (outcome.rejected++ == 0) {
      outcome.first_reason = posted.series.key.text() + (state == nullptr ? ": this device keeps no more series"
                                                                          : ": not a value of that series' kind");
    }
  }
  return outcome;
}

core::LatestRow Engine::row_of(const SeriesState& state, core::BootTime now) {
  core::LatestRow row;
  row.series = state.series();
  row.time = state.newest().time;
  row.value = state.newest().value;
  row.quality = state.quality(now);
  row.text = state.newest_text();
  return row;
}

std::vector<core::LatestRow> Engine::latest(const std::vector<core::Selector>& selectors) {
  begin_pass();
  std::vector<core::LatestRow> rows;
  for (const core::Selector& selector : selectors) {
    for (const core::SeriesPtr& series : registry_.match(selector)) {
      const SeriesState& state = state_of(series);
      const auto& wanted = selector.window_stat();
      // What the history gave back says nothing of now, but its windows reach until now.
      if (!state.has_reading() && !(wanted && state.windows().held() > 0)) continue;
      core::LatestRow row = row_of(state, time_.boot_now());
      if (wanted) {
        row.window_stat = wanted;
        row.time = window_end(state);
        row.value = state.windows().stat(*wanted, row.time);
        row.exact = state.windows().exact(wanted->window, row.time);
        row.text.clear();
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

// Sources may be a little ahead of us.
core::WallTime Engine::window_end(const SeriesState& state) const {
  return state.has_reading() ? std::max(time_.now(), state.newest().time) : time_.now();
}

void Engine::adopt(std::vector<std::pair<core::SeriesId, Windows>>&& windows) {
  for (auto& [id, made] : windows) {
    const core::SeriesPtr series = registry_.find(id);
    if (series) state_of(series).windows().adopt(std::move(made));
  }
}

void Engine::tell_watches(SeriesState& state, core::WallTime now, bool sliding) {
  for (Watch& watch : state.watches()) {
    const double value = state.windows().stat(watch.stat, now);
    const bool same = value == watch.told || (std::isnan(value) && std::isnan(watch.told));
    if (sliding && same && !watch.fresh) continue;
    watch.told = value;
    watch.fresh = false;
    core::Reading reading;
    reading.series = watch.id;
    reading.time = now;
    reading.value = value;
    reading.quality = std::isnan(value) ? core::Quality::kBad : core::Quality::kGood;
    batch_->add(reading);
  }
}

void Engine::apply_watch_changes() {
  for (const WatchTable::Change& change : watches_.take_changes()) {
    const core::SeriesPtr series = registry_.find(change.series);
    if (!series) continue;
    SeriesState& state = state_of(series);
    auto& list = state.watches();
    if (change.added) {
      if (list.empty()) watched_.push_back(&state);
      list.push_back({change.watch, change.stat});
      ++watch_count_;
    } else {
      watch_count_ -= std::erase_if(list, [&](const Watch& watch) { return watch.id == change.watch; });
      if (list.empty()) std::erase(watched_, &state);
    }
  }
}

void Engine::slide_watches() {
  apply_watch_changes();
  begin_pass();
  for (SeriesState* state : watched_) {
    if (state->has_reading() || state->windows().held() > 0) tell_watches(*state, window_end(*state), true);
  }
  if (batch_->empty() || live_ == nullptr) return;
  live_->publish(std::move(batch_));
  batch_ = std::make_shared<core::ReadingBatch>();
}

}  // namespace telltale::pipeline
