#include "sdk/validator/recording_host.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

#include <telltale/cpp/text.hpp>

#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

constexpr std::size_t kMostProblems = 64;
constexpr std::size_t kMostOfATopic = 3;
constexpr std::uint32_t kMostReadings = 4'096;
constexpr std::size_t kMostTextBytes = 4'096;
constexpr std::size_t kMostLogBytes = 2'048;
constexpr std::size_t kMostCounters = 64;
// What the ring of an instance holds: 1 MiB; the daemon empties it within this time.
constexpr std::uint64_t kRingReadings = (std::uint64_t{1} << 20U) / sizeof(telltale_reading);
constexpr std::int64_t kDrainTime = 100'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t clock_now(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace

RecordingHost::RecordingHost(std::string id, const telltale_value& options, Stage& stage)
    : id_(std::move(id)), stage_(stage) {
  host_.context = this;
  host_.options = &options;
  host_.id = to_str(id_);
  host_.get_interface = &get_interface;
  host_.declare_series = &declare_series;
  host_.publish = &publish;
  host_.publish_text = &publish_text;
  host_.now = &now;
  host_.log = &log;
  host_.health = &health;
  host_.count = &count;
}

RecordingHost& RecordingHost::self(const telltale_host* host) { return *static_cast<RecordingHost*>(host->context); }

std::vector<Problem> RecordingHost::problems() const {
  const std::lock_guard lock(mutex_);
  return problems_;
}

std::vector<std::string> RecordingHost::series() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> keys;
  for (const Declared& one : declared_) keys.push_back(one.key);
  return keys;
}

std::string RecordingHost::last_log() const {
  const std::lock_guard lock(mutex_);
  return last_log_;
}

void RecordingHost::note(std::string_view topic, std::string text) {
  const std::lock_guard lock(mutex_);
  const auto same =
      std::count_if(problems_.begin(), problems_.end(), [&](const auto& one) { return one.topic == topic; });
  const bool known = std::any_of(problems_.begin(), problems_.end(),
                                 [&](const auto& one) { return one.topic == topic && one.text == text; });
  if (!known && problems_.size() < kMostProblems && static_cast<std::size_t>(same) < kMostOfATopic) {
    if (problems_.empty()) stage_.first_problem.set(text);
    problems_.push_back({topic, std::move(text)});
  }
}

void RecordingHost::called(const char* function) {
  if (ended_) note("destroy.no_late_calls", std::string("called ") + function + " after destroy had returned");
}

const void* RecordingHost::get_interface(const telltale_host* host, const char* id) {
  static constexpr telltale_log_1 kLog{&log_fields};
  static constexpr telltale_draft_refusal_1 kRefusal{&refuse};
  self(host).called("get_interface");
  if (id == nullptr) return nullptr;
  const std::string_view wanted(id);
  if (wanted == TELLTALE_LOG_1) return &kLog;
  return wanted == TELLTALE_DRAFT_REFUSAL_1 ? &kRefusal : nullptr;
}

std::int64_t RecordingHost::now(const telltale_host* host) { return clock_now(CLOCK_BOOTTIME) + self(host).ahead_; }

telltale_result RecordingHost::publish(const telltale_host* host, const telltale_reading* readings,
                                       std::uint32_t count) {
  self(host).called("publish");
  return self(host).take(readings, count, false);
}

telltale_result RecordingHost::publish_text(const telltale_host* host, const telltale_reading* reading,
                                            telltale_str text) {
  RecordingHost& it = self(host);
  it.called("publish_text");
  if (!is_sane(text, std::size_t{1} << 30U)) {
    it.note("publish.texts", "published a text that has a length and no bytes");
    return TELLTALE_E_INVALID;
  }
  if (!is_utf8(to_view(text))) it.note("publish.texts", "published a text that is no UTF-8: " + shown(text));
  if (text.size > kMostTextBytes) {
    it.note("publish.texts", "published a text of " + std::to_string(text.size) + " bytes, of which " +
                                 std::to_string(kMostTextBytes) + " are kept");
  }
  return it.take(reading, 1, true);
}

telltale_result RecordingHost::take(const telltale_reading* readings, std::uint32_t count, bool text) {
  ++publishes_;
  if (refuse_series_) return TELLTALE_E_INVALID;
  if (count > kMostReadings || (count > 0 && readings == nullptr)) {
    note("publish.batches", readings == nullptr ? "published readings from nowhere (NULL)"
                                                : "published " + std::to_string(count) + " readings at once");
    return TELLTALE_E_INVALID;
  }
  bool declared = true;
  for (std::uint32_t i = 0; i < count; ++i) declared = check_reading(readings[i], text) && declared;
  if (!declared) return TELLTALE_E_INVALID;
  check_rate(count);
  if (full_) return TELLTALE_FULL;
  published_ += count;
  return TELLTALE_OK;
}

// True when its series is declared.
bool RecordingHost::check_reading(const telltale_reading& reading, bool text) {
  std::unique_lock lock(mutex_);
  if (reading.series >= declared_.size()) {
    lock.unlock();
    note("publish.declared_series",
         "published to series number " + std::to_string(reading.series) + ", which declare_series never gave out");
    return false;
  }
  Declared& series = declared_[reading.series];
  const std::string key = series.key;
  const std::uint32_t kind = series.kind;
  const std::vector<std::int64_t>& states = series.states;
  const bool bad = reading.quality == TELLTALE_QUALITY_BAD;
  const bool state_is_known =
      states.empty() || bad || text || std::any_of(states.begin(), states.end(), [&](std::int64_t value) {
        return static_cast<double>(value) == reading.value;
      });
  lock.unlock();
  check_time(reading, series);
  if (!text && !bad && !std::isfinite(reading.value)) {
    note("publish.finite", "published a value that is not finite to " + key);
  }
  if (reading.quality > TELLTALE_QUALITY_BAD) {
    note("publish.quality", "published quality " + std::to_string(reading.quality) + " to " + key);
  }
  if ((reading.flags & ~TELLTALE_READING_WALL_TIME) != 0) {
    note("publish.quality", "published unknown flags " + std::to_string(reading.flags) + " to " + key);
  }
  const bool takes_text = kind == TELLTALE_KIND_EVENT || kind == TELLTALE_KIND_STATE;
  if (text && !takes_text) note("publish.kinds", "published a text to " + key + ", which is no event and no state");
  if (!text && kind == TELLTALE_KIND_EVENT) note("publish.kinds", "published a number to the event " + key);
  if (!state_is_known && kind == TELLTALE_KIND_STATE) {
    note("publish.kinds", "published a value to the state " + key + " that none of its names stands for");
  }
  return true;
}

void RecordingHost::check_time(const telltale_reading& reading, Declared& series) {
  if (reading.time == 0) return;
  const bool wall = (reading.flags & TELLTALE_READING_WALL_TIME) != 0;
  const std::int64_t now = clock_now(wall ? CLOCK_REALTIME : CLOCK_BOOTTIME) + ahead_;
  std::unique_lock lock(mutex_);
  const std::string key = series.key;
  const std::int64_t last = series.last_time;
  if (!wall) series.last_time = std::max(last, reading.time);
  lock.unlock();
  if (ahead_ != 0) return;
  // As doubles: a difference of two hostile integers may not fit into one.
  const auto seconds_after = [&](std::int64_t earlier) {
    return (static_cast<double>(reading.time) - static_cast<double>(earlier)) / kSecond;
  };
  const double seconds = seconds_after(now);
  if (reading.time < 0) note("publish.times", "published a time before the clock began to " + key);
  if (seconds > (wall ? 60 : 1)) {
    note("publish.times", "published a time " + std::to_string(seconds) + " s in the future to " + key);
  }
  if (!wall && reading.time < last) {
    note("publish.times", "published to " + key + " a time " + std::to_string(-seconds_after(last)) +
                              " s before the one published last");
  }
}

void RecordingHost::check_rate(std::uint32_t count) {
  const std::int64_t now = clock_now(CLOCK_BOOTTIME);
  std::unique_lock lock(mutex_);
  if (now - window_begin_ >= kDrainTime) {
    window_begin_ = now;
    window_readings_ = 0;
  }
  window_readings_ += count;
  const std::uint64_t readings = window_readings_;
  lock.unlock();
  if (readings > kRingReadings) {
    note("publish.fits_ring", "published more than " + std::to_string(kRingReadings) +
                                  " readings within 0.1 s: the ring holds no more, the rest is lost");
  }
}

void RecordingHost::check_log(std::int32_t severity, telltale_str text) {
  ++log_lines_;
  if (severity < TELLTALE_LOG_ERROR || severity > TELLTALE_LOG_DEBUG) {
    note("log.lines", "logged with severity " + std::to_string(severity));
  }
  if (!is_sane(text, std::size_t{1} << 30U)) return note("log.lines", "logged a text that has a length and no bytes");
  if (text.size == 0) note("log.lines", "logged an empty line");
  if (text.size > kMostLogBytes) note("log.lines", "logged a line of " + std::to_string(text.size) + " bytes");
  if (!is_utf8(to_view(text))) note("log.lines", "logged a line that is no UTF-8: " + shown(text));
  stage_.last_log.set(to_view(text));
  const std::lock_guard lock(mutex_);
  last_log_ = to_view(text).substr(0, kMostLogBytes);
}

void RecordingHost::log(const telltale_host* host, std::int32_t severity, telltale_str text) {
  self(host).called("log");
  self(host).check_log(severity, text);
}

void RecordingHost::log_fields(const telltale_host* host, std::int32_t severity, telltale_str text,
                               const telltale_log_field* fields, std::uint32_t count) {
  RecordingHost& it = self(host);
  it.called("telltale.log/1");
  it.check_log(severity, text);
  if (count > 16 || (count > 0 && fields == nullptr)) {
    return it.note("log.lines", "logged with " + std::to_string(count) + " fields");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool well = is_sane(fields[i].name, 64) && is_word(to_view(fields[i].name));
    if (!well) it.note("log.lines", "logged a field whose name is malformed: " + shown(fields[i].name));
  }
}

void RecordingHost::refuse(const telltale_host* host, const telltale_refusal* refusal) {
  RecordingHost& it = self(host);
  it.called("telltale.draft.refusal/1");
  constexpr std::size_t kAnySize = std::size_t{1} << 30U;
  const bool sane = refusal != nullptr && is_sane(refusal->source, kAnySize) && is_sane(refusal->detail, kAnySize) &&
                    is_sane(refusal->payload, kAnySize);
  if (!sane) return it.note("counters.names", "refused a payload that has a length and no bytes");
  if (!is_sane(refusal->reason, 64) || refusal->reason.size == 0 || !is_clean(to_view(refusal->reason))) {
    it.note("counters.names", "refused a payload for a reason that is no text of 1 to 64 bytes");
  }
}

void RecordingHost::health(const telltale_host* host, std::int32_t health, telltale_str reason) {
  RecordingHost& it = self(host);
  it.called("health");
  if (health < TELLTALE_HEALTH_CONNECTING || health > TELLTALE_HEALTH_FAILING) {
    return it.note("health.reasons", "said health " + std::to_string(health));
  }
  if (!is_sane(reason, 4'096) || !is_utf8(to_view(reason))) {
    return it.note("health.reasons", "gave a reason that is no text of up to 4,096 bytes");
  }
  if (health != TELLTALE_HEALTH_OK && reason.size == 0) {
    it.note("health.reasons", "said that it is not well, without a reason");
  }
}

void RecordingHost::count(const telltale_host* host, telltale_str name, std::uint64_t amount) {
  RecordingHost& it = self(host);
  it.called("count");
  if (!is_sane(name, 64) || name.size == 0 || !is_clean(to_view(name))) {
    return it.note("counters.names", "counts under a name that is no text of 1 to 64 bytes: " + shown(name));
  }
  std::unique_lock lock(it.mutex_);
  const bool room = it.counters_.size() < kMostCounters || it.counters_.contains(to_view(name));
  if (room) it.counters_[std::string(to_view(name))] += amount;
  lock.unlock();
  if (!room) it.note("counters.names", "counts under more than 64 names");
}

}  // namespace telltale::validator
