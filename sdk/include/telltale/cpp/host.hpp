// The host in C++: declaring series and publishing readings.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <telltale/cpp/errors.hpp>
#include <telltale/cpp/log.hpp>
#include <telltale/cpp/options.hpp>
#include <telltale/cpp/reading.hpp>
#include <telltale/cpp/refusal.hpp>
#include <telltale/cpp/text.hpp>
#include <telltale/host.h>

namespace telltale {

// Describes a series before it is declared. Texts are copied.
struct SeriesSpec {
  std::string name;                                               // dotted: `press7.oil.temperature`
  std::string unit = {};                                          // `°C`; or empty
  std::uint32_t kind = TELLTALE_KIND_GAUGE;                       // TELLTALE_KIND_…
  std::vector<std::pair<std::string, std::string>> labels = {};   // name and value, at most 16
  std::vector<std::pair<std::int64_t, std::string>> states = {};  // of a state: value and name, at most 64
  std::string title = {};                                         // for people
  std::optional<std::pair<double, double>> range = {};            // to show
  int decimals = -1;                                              // to show, 0 to 9; -1: no hint
};

// A declared series. A value: copy it freely; it borrows the host. [any]
class Series {
 public:
  Series() = default;
  Series(const telltale_host& host, std::uint32_t number) noexcept : host_(&host), number_(number) {}

  // What the host calls it.
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
  // Publishes one value. False when the ring was full (the loss is counted).
  bool publish(double value, When when = {}, Quality quality = Quality::kGood) const {
    const telltale_reading reading = when.reading(number_, value, quality);
    return host_->publish(host_, &reading, 1) == TELLTALE_OK;
  }
  // One that was measured now.
  bool publish(double value, Quality quality) const { return publish(value, When(), quality); }
  // Publishes that the device reported a fault: the value is absent.
  bool publish_bad(When when = {}) const { return publish(0, when, Quality::kBad); }
  // Publishes the text of an event, or of a state whose names are not known beforehand.
  bool publish_text(std::string_view text, When when = {}, Quality quality = Quality::kGood) const {
    const telltale_reading reading = when.reading(number_, 0, quality);
    return host_->publish_text(host_, &reading, to_str(text)) == TELLTALE_OK;
  }

 private:
  const telltale_host* host_ = nullptr;
  std::uint32_t number_ = 0;
};

// A declared series of events: texts, never numbers. A value; becomes a Series where one is wanted. [any]
class Event {
 public:
  Event() = default;
  explicit Event(Series series) noexcept : series_(series) {}

  // Publishes what happened; longer than 4,096 bytes it is cut. False when the ring was full (the loss is counted).
  bool publish(std::string_view text, When when = {}, Quality quality = Quality::kGood) const {
    return series_.publish_text(text, when, quality);
  }
  operator Series() const noexcept { return series_; }

 private:
  Series series_;
};

// The host as one instance sees it. A value: copy it freely; valid until the instance ends. [any]
class Host {
 public:
  explicit Host(const telltale_host& host) noexcept : host_(&host) {}

  // Of the input in the configuration, `plc`.
  [[nodiscard]] std::string_view id() const noexcept { return to_view(host_->id); }
  // What the user gave, validated, with defaults.
  [[nodiscard]] Options options() const noexcept { return Options(*host_->options); }
  // The boot clock: it never steps, and counts suspended time.
  [[nodiscard]] std::chrono::nanoseconds now() const { return std::chrono::nanoseconds(host_->now(host_)); }

  // Declares, or finds the series of the same name and labels. Throws ConfigError with the reason.
  [[nodiscard]] Series declare(const SeriesSpec& spec) const {
    std::vector<telltale_label> labels;
    for (const auto& [name, value] : spec.labels) labels.push_back({to_str(name), to_str(value)});
    std::vector<telltale_state_name> states;
    for (const auto& [value, name] : spec.states) states.push_back({to_str(name), value});
    telltale_series series{};
    series.name = to_str(spec.name);
    series.unit = to_str(spec.unit);
    series.title = to_str(spec.title);
    series.labels = labels.data();
    series.label_count = static_cast<std::uint32_t>(labels.size());
    series.states = states.data();
    series.state_count = static_cast<std::uint32_t>(states.size());
    series.kind = spec.kind;
    series.decimals = spec.decimals;
    if (spec.range) std::tie(series.minimum, series.maximum) = *spec.range;
    std::uint32_t number = 0;
    const telltale_result result = host_->declare_series(host_, &series, &number);
    if (result != TELLTALE_OK) {
      throw ConfigError("series '" + spec.name + "' was refused: " +
                        (result == TELLTALE_E_LIMIT ? "too many series" : "malformed name, label or kind"));
    }
    return {*host_, number};
  }
  // A measured value that goes up and down.
  [[nodiscard]] Series gauge(std::string name, std::string unit = {}) const {
    return declare({.name = std::move(name), .unit = std::move(unit)});
  }
  // A value that only grows, but for resets.
  [[nodiscard]] Series counter(std::string name, std::string unit = {}) const {
    return declare({.name = std::move(name), .unit = std::move(unit), .kind = TELLTALE_KIND_COUNTER});
  }
  // Names of values, from 0 upwards; publish the index.
  [[nodiscard]] Series state(std::string name, const std::vector<std::string>& states) const {
    SeriesSpec spec{.name = std::move(name), .kind = TELLTALE_KIND_STATE};
    for (const std::string& state : states) spec.states.emplace_back(std::ssize(spec.states), state);
    return declare(spec);
  }
  // Text that happens at a time.
  [[nodiscard]] Event event(std::string name) const {
    return Event(declare({.name = std::move(name), .kind = TELLTALE_KIND_EVENT}));
  }

  // Publishes at most 4,096 readings in order: one crossing for all. False when the ring was full (the loss is
  // counted), or when one of them is of no declared series: then none is taken.
  bool publish(std::span<const telltale_reading> readings) const {
    return host_->publish(host_, readings.data(), static_cast<std::uint32_t>(readings.size())) == TELLTALE_OK;
  }

  // Publishes the text of an event or state; reading.value is ignored. False as publish.
  bool publish_text(const telltale_reading& reading, std::string_view text) const {
    return host_->publish_text(host_, &reading, to_str(text)) == TELLTALE_OK;
  }

  // Of a log line: see log.hpp.
  using Fields = std::initializer_list<Field>;

  // Log lines: `host.warning("no answer", {{"unit", 3}})`. More than 20 a second are counted and left out.
  void error(std::string_view text, Fields fields = {}) const { log(TELLTALE_LOG_ERROR, text, fields); }
  void warning(std::string_view text, Fields fields = {}) const { log(TELLTALE_LOG_WARNING, text, fields); }
  void notice(std::string_view text, Fields fields = {}) const { log(TELLTALE_LOG_NOTICE, text, fields); }
  void info(std::string_view text, Fields fields = {}) const { log(TELLTALE_LOG_INFO, text, fields); }
  void debug(std::string_view text, Fields fields = {}) const { log(TELLTALE_LOG_DEBUG, text, fields); }

  // Health of the input as the user sees it, with the reason in words that can be acted on.
  void connecting(std::string_view reason) const { host_->health(host_, TELLTALE_HEALTH_CONNECTING, to_str(reason)); }
  void ok() const { host_->health(host_, TELLTALE_HEALTH_OK, {}); }
  void failing(std::string_view reason) const { host_->health(host_, TELLTALE_HEALTH_FAILING, to_str(reason)); }

  // Adds to a counter that is shown with the input: `host.count("payload.rejected")`. At most 64 names.
  void count(std::string_view name, std::uint64_t amount = 1) const { host_->count(host_, to_str(name), amount); }
  // Shows a payload that could not be used as the last one, and counts it per reason; count() is another number. A
  // draft: see refusal.hpp.
  void refuse(const Refusal& refusal) const { detail::refuse(*host_, refusal); }

 private:
  void log(std::int32_t severity, std::string_view text, Fields fields) const {
    detail::write_log(*host_, severity, text, fields);
  }

  const telltale_host* host_;
};

}  // namespace telltale
