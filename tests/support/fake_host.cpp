#include "tests/support/fake_host.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <span>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/draft/refusal.h>
#include <telltale/ext/log.h>

namespace telltale::test {
namespace {

constexpr std::size_t kMaxBatch = 4096;
constexpr std::size_t kMaxCountNames = 64;

bool name_is_well_formed(std::string_view name) {
  return !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x20 && c != 0x7f && std::string_view("{}\"@,=*?").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

bool label_is_well_formed(std::string_view name, std::string_view value) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  const auto printable = [](unsigned char c) { return c >= 0x20 && c != 0x7f; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), inner) && value.size() <= 256 &&
         std::all_of(value.begin(), value.end(), printable);
}

std::string key_of(const DeclaredSeries& series) {
  std::string key = series.name;
  const char* separator = "{";
  for (const auto& [name, value] : series.labels) {
    key += separator + name + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') key += '\\';
      key += c;
    }
    key += '"';
    separator = ",";
  }
  return series.labels.empty() ? key : key + "}";
}

}  // namespace

FakeHost::FakeHost(std::span<const telltale_option> table, const Given& given, std::string id)
    : options_(table, given), id_(std::move(id)) {
  abi_.context = this;
  abi_.options = &options_.root();
  abi_.id = to_str(id_);
  abi_.get_interface = [](const telltale_host*, const char* wanted) -> const void* {
    static constexpr telltale_log_1 kLog{[](const telltale_host* host, std::int32_t severity, telltale_str text,
                                            const telltale_log_field* fields, std::uint32_t count) {
      const std::lock_guard lock(self(host).mutex_);
      LogLine line{severity, std::string(to_view(text))};
      for (const telltale_log_field& field : std::span(fields, count)) {
        line.fields.emplace(to_view(field.name), to_view(field.value));
      }
      self(host).log_.push_back(std::move(line));
    }};
    static constexpr telltale_draft_refusal_1 kRefusal{[](const telltale_host* host, const telltale_refusal* refusal) {
      const std::lock_guard lock(self(host).mutex_);
      const auto text = [](telltale_str words) { return std::string(to_view(words)); };
      self(host).refused_.push_back(
          {text(refusal->reason), text(refusal->source), text(refusal->detail), text(refusal->payload)});
    }};
    if (std::string_view(wanted) == TELLTALE_DRAFT_REFUSAL_1) return &kRefusal;
    return std::string_view(wanted) == TELLTALE_LOG_1 ? &kLog : nullptr;
  };
  abi_.declare_series = [](const telltale_host* host, const telltale_series* series, std::uint32_t* number) {
    return self(host).declare(*series, *number);
  };
  abi_.publish = [](const telltale_host* host, const telltale_reading* readings, std::uint32_t count) {
    return self(host).publish({readings, count}, std::nullopt);
  };
  abi_.publish_text = [](const telltale_host* host, const telltale_reading* reading, telltale_str text) {
    return self(host).publish({reading, 1}, to_view(text));
  };
  abi_.now = [](const telltale_host* host) {
    const std::lock_guard lock(self(host).mutex_);
    return self(host).now_locked();
  };
  abi_.log = [](const telltale_host* host, std::int32_t severity, telltale_str text) {
    const std::lock_guard lock(self(host).mutex_);
    self(host).log_.push_back({severity, std::string(to_view(text))});
  };
  abi_.health = [](const telltale_host* host, std::int32_t health, telltale_str reason) {
    const std::lock_guard lock(self(host).mutex_);
    self(host).health_ = health;
    self(host).health_reason_ = to_view(reason);
    self(host).changed_.notify_all();
  };
  abi_.count = [](const telltale_host* host, telltale_str name, std::uint64_t amount) {
    FakeHost& fake = self(host);
    const std::lock_guard lock(fake.mutex_);
    fake.counts_[std::string(to_view(name))] += amount;
    if (name.size > 64 || fake.counts_.size() > kMaxCountNames)
      fake.faults_.emplace_back("too many or too long counts");
  };
}

void FakeHost::forget_interfaces() {
  abi_.get_interface = [](const telltale_host*, const char*) -> const void* { return nullptr; };
}

FakeHost& FakeHost::self(const telltale_host* host) { return *static_cast<FakeHost*>(host->context); }

std::int64_t FakeHost::now_locked() const {
  if (!real_clock_) return clock_;
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

telltale_result FakeHost::declare(const telltale_series& series, std::uint32_t& number) {
  const std::lock_guard lock(mutex_);
  DeclaredSeries declared;
  declared.name = to_view(series.name);
  declared.unit = to_view(series.unit);
  declared.title = to_view(series.title);
  declared.kind = series.kind;
  declared.decimals = series.decimals;
  if (series.minimum < series.maximum) declared.range = {series.minimum, series.maximum};
  bool well_formed = name_is_well_formed(declared.name) && series.kind <= TELLTALE_KIND_EVENT &&
                     series.decimals >= -1 && series.decimals <= 9 && series.label_count <= 16 &&
                     series.state_count <= 64;
  for (std::uint32_t i = 0; well_formed && i < series.label_count; ++i) {
    const telltale_label& label = series.labels[i];
    well_formed = label_is_well_formed(to_view(label.name), to_view(label.value)) &&
                  declared.labels.emplace(to_view(label.name), to_view(label.value)).second;
  }
  for (std::uint32_t i = 0; well_formed && i < series.state_count; ++i) {
    const telltale_state_name& state = series.states[i];
    well_formed = state.value >= -32768 && state.value <= 32767 &&
                  declared.states.emplace(state.value, to_view(state.name)).second;
  }
  if (!well_formed) {
    faults_.push_back("malformed series '" + declared.name + "'");
    return TELLTALE_E_INVALID;
  }
  declared.key = key_of(declared);
  if (const auto known = numbers_.find(declared.key); known != numbers_.end()) {
    number = known->second;
    return TELLTALE_OK;
  }
  if (series_.size() >= series_limit_) return TELLTALE_E_LIMIT;
  number = static_cast<std::uint32_t>(series_.size()) + 100;  // not 0: a forgotten declaration must show
  numbers_.emplace(declared.key, number);
  series_.push_back(std::move(declared));
  return TELLTALE_OK;
}

bool FakeHost::acceptable(const telltale_reading& reading, bool is_text) {
  if (reading.series < 100 || reading.series - 100 >= series_.size()) {
    faults_.push_back("reading of undeclared series " + std::to_string(reading.series));
    return false;
  }
  const DeclaredSeries& series = series_[reading.series - 100];
  if (reading.quality > TELLTALE_QUALITY_BAD) faults_.push_back(series.key + ": unknown quality");
  if (!is_text && reading.quality != TELLTALE_QUALITY_BAD && !std::isfinite(reading.value)) {
    faults_.push_back(series.key + ": a value that is not finite");
  }
  if (!is_text && series.kind == TELLTALE_KIND_EVENT) faults_.push_back(series.key + ": an event without text");
  return true;
}

telltale_result FakeHost::publish(std::span<const telltale_reading> readings, std::optional<std::string_view> text) {
  const std::lock_guard lock(mutex_);
  ++publish_calls_;
  if (readings.size() > kMaxBatch) {
    faults_.emplace_back("a batch of more than 4,096 readings");
    return TELLTALE_E_INVALID;
  }
  if (refuse_) return TELLTALE_FULL;
  for (const telltale_reading& reading : readings) {
    if (!acceptable(reading, text.has_value())) return TELLTALE_E_INVALID;
  }
  for (const telltale_reading& reading : readings) {
    const std::string& key = series_[reading.series - 100].key;
    newest_[key] = readings_.size();
    readings_.push_back({key, reading.time != 0 ? reading.time : now_locked(), reading.value, reading.quality,
                         reading.flags, std::string(text.value_or(""))});
  }
  changed_.notify_all();
  return TELLTALE_OK;
}

void FakeHost::advance(std::chrono::nanoseconds by) {
  const std::lock_guard lock(mutex_);
  clock_ += by.count();
}
void FakeHost::use_the_real_clock() {
  const std::lock_guard lock(mutex_);
  real_clock_ = true;
}
void FakeHost::refuse_readings(bool refuse) {
  const std::lock_guard lock(mutex_);
  refuse_ = refuse;
}
void FakeHost::limit_series(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  series_limit_ = limit;
}
std::vector<std::string> FakeHost::take_texts() {
  std::vector<std::string> found;
  for (const PublishedReading& reading : readings()) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.15g", reading.value);
    const std::string value = reading.text.empty() ? digits : "'" + reading.text + "'";
    found.push_back(reading.key + "=" + value + std::string(std::string_view(" ~?!").substr(reading.quality, 1)));
    if (found.back().back() == ' ') found.back().pop_back();
  }
  forget_readings();
  return found;
}

void FakeHost::forget_readings() {
  const std::lock_guard lock(mutex_);
  readings_.clear();
  newest_.clear();
}

std::vector<DeclaredSeries> FakeHost::series() const {
  const std::lock_guard lock(mutex_);
  return series_;
}
std::optional<DeclaredSeries> FakeHost::series(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto known = numbers_.find(key);
  if (known == numbers_.end()) return std::nullopt;
  return series_[known->second - 100];
}
std::vector<PublishedReading> FakeHost::readings() const {
  const std::lock_guard lock(mutex_);
  return readings_;
}
std::vector<PublishedReading> FakeHost::readings(std::string_view key) const {
  std::vector<PublishedReading> of_key = readings();
  std::erase_if(of_key, [&](const PublishedReading& reading) { return reading.key != key; });
  return of_key;
}
std::size_t FakeHost::reading_count() const {
  const std::lock_guard lock(mutex_);
  return readings_.size();
}
std::size_t FakeHost::publish_calls() const {
  const std::lock_guard lock(mutex_);
  return publish_calls_;
}
std::optional<PublishedReading> FakeHost::last(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto newest = newest_.find(key);
  if (newest == newest_.end()) return std::nullopt;
  return readings_[newest->second];
}
std::optional<double> FakeHost::latest(std::string_view key) const {
  const auto reading = last(key);
  if (!reading || reading->quality == TELLTALE_QUALITY_BAD) return std::nullopt;
  return reading->value;
}
std::vector<LogLine> FakeHost::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}
std::vector<RefusedPayload> FakeHost::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}
std::uint64_t FakeHost::counted(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}
std::optional<std::int32_t> FakeHost::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}
std::string FakeHost::health_reason() const {
  const std::lock_guard lock(mutex_);
  return health_reason_;
}
std::vector<std::string> FakeHost::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

bool FakeHost::wait_for(std::string_view key, const std::function<bool(const PublishedReading&)>& wanted,
                        std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] {
    const auto newest = newest_.find(key);
    return newest != newest_.end() && wanted(readings_[newest->second]);
  });
}

bool FakeHost::wait_for_readings(std::size_t count, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return readings_.size() >= count; });
}

}  // namespace telltale::test
