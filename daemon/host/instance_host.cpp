#include "daemon/host/instance_host.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/draft/refusal.h>
#include <telltale/ext/log.h>

#include "daemon/core/utf8.h"
#include "daemon/host/declaration_codec.h"

namespace telltale::host {

namespace {

constexpr std::uint32_t kMaxLogFields = 16;
constexpr std::size_t kMaxLogFieldNameBytes = 64;

// Text of a plugin, of at most `limit` bytes; nothing when it points nowhere.
std::string_view safe_view(telltale_str text, std::size_t limit) {
  if (text.data == nullptr) return {};
  return {text.data, static_cast<std::size_t>(std::min<std::uint64_t>(text.size, limit))};
}

bool is_field_name(std::string_view name) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= kMaxLogFieldNameBytes && small(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return small(c) || (c >= '0' && c <= '9') || c == '_'; });
}

// ` name=value` of each; a value with spaces, quotes or nothing in it is quoted, so that the line can be taken apart.
void append_fields(std::string& line, std::span<const telltale_log_field> fields) {
  for (const telltale_log_field& field : fields) {
    const std::string_view name = safe_view(field.name, kMaxLogFieldNameBytes + 1);
    if (!is_field_name(name)) continue;
    const std::string_view value = safe_view(field.value, kMaxLogBytes);
    line.append(" ").append(name).append("=");
    const bool quoted = value.empty() || value.find_first_of(" \t\"=") != value.npos;
    if (!quoted) {
      line += value;
      continue;
    }
    line += '"';
    for (const char c : value) {
      if (c == '"') line += '\\';
      line += c;
    }
    line += '"';
  }
}

}  // namespace

// No exception of ours crosses the boundary; the only one there can be is for want of memory.
struct InstanceHost::Calls {
  static InstanceHost& self(const telltale_host* host) { return *static_cast<InstanceHost*>(host->context); }

  static const void* get_interface(const telltale_host* /*host*/, const char* interface_id) {
    static constexpr telltale_log_1 kLog{&log_fields};
    static constexpr telltale_draft_refusal_1 kRefusal{&refuse};
    if (interface_id == nullptr) return nullptr;
    const std::string_view id(interface_id);
    if (id == TELLTALE_LOG_1) return &kLog;
    return id == TELLTALE_DRAFT_REFUSAL_1 ? &kRefusal : nullptr;
  }
  static telltale_result declare_series(const telltale_host* host, const telltale_series* series,
                                        std::uint32_t* number) {
    if (series == nullptr || number == nullptr) return TELLTALE_E_INVALID;
    try {
      return self(host).declare(*series, *number);
    } catch (...) {
      return TELLTALE_E_LIMIT;
    }
  }
  static telltale_result publish(const telltale_host* host, const telltale_reading* readings, std::uint32_t count) {
    try {
      const telltale_result result = self(host).publish(readings, count);
      if (result >= TELLTALE_OK && count > 0) self(host).note_published();
      return result;
    } catch (...) {
      return TELLTALE_E_LIMIT;
    }
  }
  static telltale_result publish_text(const telltale_host* host, const telltale_reading* reading, telltale_str text) {
    if (reading == nullptr || (text.data == nullptr && text.size > 0)) return TELLTALE_E_INVALID;
    try {
      // One byte more than may cross, so that the cut can see whether it splits a character.
      const telltale_result result = self(host).publish_text(*reading, safe_view(text, kMaxTextBytes + 1));
      if (result >= TELLTALE_OK) self(host).note_published();
      return result;
    } catch (...) {
      return TELLTALE_E_LIMIT;
    }
  }
  static std::int64_t now(const telltale_host* host) { return self(host).clock_.boot_now().time_since_epoch().count(); }
  static void log(const telltale_host* host, std::int32_t severity, telltale_str text) {
    try {
      self(host).log(severity, safe_view(text, kMaxLogBytes + 1));
    } catch (...) {
      return;
    }
  }
  static void log_fields(const telltale_host* host, std::int32_t severity, telltale_str text,
                         const telltale_log_field* fields, std::uint32_t field_count) {
    try {
      std::string line(safe_view(text, kMaxLogBytes + 1));
      const std::uint32_t taken = fields == nullptr ? 0 : std::min<std::uint32_t>(field_count, kMaxLogFields);
      append_fields(line, {fields, taken});
      self(host).log(severity, line);
    } catch (...) {
      return;
    }
  }
  static void health(const telltale_host* host, std::int32_t health, telltale_str reason) {
    try {
      self(host).health(health, safe_view(reason, kMaxReasonBytes + 1));
    } catch (...) {
      return;
    }
  }
  static void refuse(const telltale_host* host, const telltale_refusal* refusal) {
    if (refusal == nullptr) return;
    try {
      self(host).refuse(safe_view(refusal->reason, kMaxCounterNameBytes + 1),
                        safe_view(refusal->source, kMaxRefusalNoteBytes + 1),
                        safe_view(refusal->detail, kMaxRefusalNoteBytes + 1),
                        safe_view(refusal->payload, kMaxRefusedBytes + 1), refusal->payload.size);
    } catch (...) {
      return;
    }
  }
  static void count(const telltale_host* host, telltale_str name, std::uint64_t amount) {
    try {
      self(host).count(safe_view(name, kMaxCounterNameBytes + 1), amount);
    } catch (...) {
      return;
    }
  }
};

InstanceHost::InstanceHost(std::string id, const core::OptionValue& options, RingWriter ring,
                           InstanceListener& listener, const core::Clock& clock)
    : id_(std::move(id)), options_(options), listener_(listener), clock_(clock), ring_(std::move(ring)) {
  host_.context = this;
  host_.options = &options_.root();
  host_.id = to_str(id_);
  host_.get_interface = &Calls::get_interface;
  host_.declare_series = &Calls::declare_series;
  host_.publish = &Calls::publish;
  host_.publish_text = &Calls::publish_text;
  host_.now = &Calls::now;
  host_.log = &Calls::log;
  host_.health = &Calls::health;
  host_.count = &Calls::count;
}

telltale_result InstanceHost::declare(const telltale_series& series, std::uint32_t& number) {
  auto declaration = copy_declaration(series);
  if (!declaration) {
    log(TELLTALE_LOG_WARNING, "a series was refused: " + declaration.error().message);
    return TELLTALE_E_INVALID;
  }
  const std::string key = declaration->key.text();
  const core::MutexLock lock(ring_mutex_);
  if (const auto known = numbers_.find(key); known != numbers_.end()) {
    number = known->second;
    return TELLTALE_OK;
  }
  if (kinds_.size() == kMaxSeries) return TELLTALE_E_LIMIT;
  kinds_.reserve(kinds_.size() + 1);
  const auto next = static_cast<std::uint32_t>(kinds_.size());
  const auto entry = numbers_.emplace(key, next).first;
  if (!ring_.declare(encode_declaration(*declaration))) {
    numbers_.erase(entry);
    return TELLTALE_E_LIMIT;
  }
  kinds_.push_back(static_cast<std::uint8_t>(declaration->kind));
  number = next;
  return TELLTALE_OK;
}

telltale_result InstanceHost::publish(const telltale_reading* readings, std::uint32_t count) {
  if (count == 0) return TELLTALE_OK;
  if (readings == nullptr || count > kMaxBatch) return TELLTALE_E_INVALID;
  const std::span<const telltale_reading> batch(readings, count);
  const core::MutexLock lock(ring_mutex_);
  bool unstamped = false;
  for (const telltale_reading& reading : batch) {
    if (reading.series >= kinds_.size()) return TELLTALE_E_INVALID;
    unstamped = unstamped || reading.time == 0;
  }
  if (!unstamped) return ring_.publish(batch) ? TELLTALE_OK : TELLTALE_FULL;
  stamped_.assign(batch.begin(), batch.end());
  const std::int64_t now = clock_.boot_now().time_since_epoch().count();
  for (telltale_reading& reading : stamped_) {
    if (reading.time != 0) continue;
    reading.time = now;
    reading.flags &= static_cast<std::uint16_t>(~TELLTALE_READING_WALL_TIME);
  }
  return ring_.publish(stamped_) ? TELLTALE_OK : TELLTALE_FULL;
}

telltale_result InstanceHost::publish_text(const telltale_reading& reading, std::string_view text) {
  telltale_reading stamped = reading;
  if (stamped.time == 0) {
    stamped.time = clock_.boot_now().time_since_epoch().count();
    stamped.flags &= static_cast<std::uint16_t>(~TELLTALE_READING_WALL_TIME);
  }
  const core::MutexLock lock(ring_mutex_);
  if (stamped.series >= kinds_.size()) return TELLTALE_E_INVALID;
  const std::uint8_t kind = kinds_[stamped.series];
  if (kind != TELLTALE_KIND_EVENT && kind != TELLTALE_KIND_STATE) return TELLTALE_E_INVALID;
  return ring_.publish_text(stamped, core::cut_utf8(text, kMaxTextBytes)) ? TELLTALE_OK : TELLTALE_FULL;
}

// Each of the two sets its own word before it looks at the other's, so that one of them sees both.
void InstanceHost::note_published() {
  if (published_.load(std::memory_order_relaxed)) return;
  published_.store(true);
  if (publishing_says_well_.load()) say_well_unless_said();
}

void InstanceHost::well_once_published() {
  publishing_says_well_.store(true);
  if (published_.load()) say_well_unless_said();
}

void InstanceHost::say_well_unless_said() {
  bool tell = false;
  {
    const core::MutexLock lock(mutex_);
    if (health_version_ != 0) return;
    tell = nothing_changed();
    health_changed_ = true;
    health_ = {TELLTALE_HEALTH_OK, {}};
  }
  if (tell) listener_.on_change();
}

void InstanceHost::log(std::int32_t severity, std::string_view text) {
  LogMessage line{std::clamp(severity, TELLTALE_LOG_ERROR, TELLTALE_LOG_DEBUG), one_line(text, kMaxLogBytes)};
  std::uint64_t left_out = 0;
  {
    const core::MutexLock lock(mutex_);
    if (line.severity <= TELLTALE_LOG_WARNING) last_error_line_ = line.text;
    if (!lines_.admit(clock_.boot_now())) return;
    left_out = lines_.take_left_out();
  }
  if (left_out > 0) {
    listener_.on_log({TELLTALE_LOG_WARNING, std::to_string(left_out) + " log lines were left out: more than " +
                                                std::to_string(kLinesPerSecond) + " in a second"});
  }
  listener_.on_log(line);
}

bool InstanceHost::nothing_changed() const { return !health_changed_ && !counters_changed_ && !refused_changed_; }

void InstanceHost::health(std::int32_t health, std::string_view reason) {
  HealthMessage said{std::clamp(health, TELLTALE_HEALTH_CONNECTING, TELLTALE_HEALTH_FAILING),
                     one_line(reason, kMaxReasonBytes)};
  bool tell = false;
  {
    const core::MutexLock lock(mutex_);
    ++health_version_;
    if (health_version_ > 1 && said == health_) return;
    tell = nothing_changed();
    health_changed_ = true;
    health_ = std::move(said);
  }
  if (tell) listener_.on_change();
}

void InstanceHost::count(std::string_view name, std::uint64_t amount) {
  bool tell = false;
  {
    const core::MutexLock lock(mutex_);
    std::string key = one_line(name, kMaxCounterNameBytes);
    auto& totals = counters_.totals;
    const auto found = totals.find(key);
    if (found == totals.end() && totals.size() == kMaxCounters) return;
    tell = nothing_changed();
    counters_changed_ = true;
    totals[std::move(key)] += amount;
  }
  if (tell) listener_.on_change();
}

void InstanceHost::refuse(std::string_view reason, std::string_view source, std::string_view detail,
                          std::string_view payload, std::uint64_t bytes) {
  const std::int64_t now = clock_.boot_now().time_since_epoch().count();
  bool tell = false;
  {
    const core::MutexLock lock(mutex_);
    refused_.reason = one_line(reason, kMaxCounterNameBytes);
    const bool full = refused_.reasons.size() >= kMaxRefusalReasons && refused_.reasons.count(refused_.reason) == 0;
    ++refused_.reasons[full ? std::string(kOtherReasons) : refused_.reason];
    refused_.at = now;
    refused_.source = source;
    refused_.detail = detail;
    refused_.payload = payload;
    refused_.bytes = bytes;
    tell = nothing_changed();
    refused_changed_ = true;
  }
  if (tell) listener_.on_change();
}

InstanceHost::Changes InstanceHost::take_changes() {
  Changes changes;
  {
    const core::MutexLock lock(mutex_);
    if (health_changed_) changes.health = health_;
    if (counters_changed_) changes.counters = counters_;
    if (refused_changed_) changes.refused = refused_;
    health_changed_ = counters_changed_ = refused_changed_ = false;
  }
  if (changes.refused) {
    changes.refused->source = shown_bytes(changes.refused->source, kMaxRefusalNoteBytes);
    changes.refused->detail = shown_bytes(changes.refused->detail, kMaxRefusalNoteBytes);
    changes.refused->payload = shown_bytes(changes.refused->payload, kMaxRefusedBytes);
  }
  return changes;
}

std::uint64_t InstanceHost::health_version() const {
  const core::MutexLock lock(mutex_);
  return health_version_;
}

std::string InstanceHost::last_error_line() const {
  const core::MutexLock lock(mutex_);
  return last_error_line_;
}

}  // namespace telltale::host
