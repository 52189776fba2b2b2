// A host for tests of plugins: collects declarations, readings, log lines, health and counts, holds the plugin to the
// words of the ABI, and can be made to refuse. Its clock stands still until a test moves it.
//
//   FakeHost host(Glue<MyInput>::entry(TELLTALE_ABI_MAJOR)->…options, Given::section({{"every", "10ms"}}));
//   MyInput input(host.host());
//   input.poll();
//   EXPECT_EQ(host.latest("cpu.usage"), 12.5);
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/cpp/host.hpp>
#include <telltale/host.h>

#include "tests/support/option_tree.h"

namespace telltale::test {

struct DeclaredSeries {
  std::string key;  // `name` or `name{a="v",b="w"}`, labels sorted by name
  std::string name;
  std::string unit;
  std::string title;
  std::map<std::string, std::string> labels;
  std::map<std::int64_t, std::string> states;
  std::uint32_t kind = TELLTALE_KIND_GAUGE;
  std::optional<std::pair<double, double>> range;
  int decimals = -1;
};

struct PublishedReading {
  std::string key;
  std::int64_t time = 0;  // ns as the plugin stamped it, or the fake's clock
  double value = 0;
  std::uint16_t quality = TELLTALE_QUALITY_GOOD;
  std::uint16_t flags = 0;
  std::string text;  // of an event
};

struct LogLine {
  std::int32_t severity = TELLTALE_LOG_INFO;
  std::string text;
  std::map<std::string, std::string> fields = {};  // of telltale.log/1
};

struct RefusedPayload {
  std::string reason;
  std::string source;
  std::string detail;
  std::string payload;
};

// Every call is [any]: guarded by one mutex.
class FakeHost {
 public:
  FakeHost(std::span<const telltale_option> table, const Given& given = Given::section({}), std::string id = "test");
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost() = default;

  [[nodiscard]] const telltale_host& abi() const { return abi_; }
  [[nodiscard]] Host host() const { return Host(abi_); }

  // The clock that now() answers; starts at 1,000 s.
  void advance(std::chrono::nanoseconds by);
  // From now on now() answers CLOCK_BOOTTIME.
  void use_the_real_clock();

  // publish() and publish_text() answer TELLTALE_FULL until it is called again with false.
  void refuse_readings(bool refuse);
  // declare_series() answers TELLTALE_E_LIMIT for more than `limit` series.
  void limit_series(std::size_t limit);

  [[nodiscard]] std::vector<DeclaredSeries> series() const;
  [[nodiscard]] std::optional<DeclaredSeries> series(std::string_view key) const;
  [[nodiscard]] std::vector<PublishedReading> readings() const;
  [[nodiscard]] std::vector<PublishedReading> readings(std::string_view key) const;
  [[nodiscard]] std::size_t reading_count() const;
  [[nodiscard]] std::size_t publish_calls() const;
  // The newest reading of a series; its value, when it is not bad.
  [[nodiscard]] std::optional<PublishedReading> last(std::string_view key) const;
  [[nodiscard]] std::optional<double> latest(std::string_view key) const;
  [[nodiscard]] std::vector<LogLine> log() const;
  // Of telltale.draft.refusal/1, in order.
  [[nodiscard]] std::vector<RefusedPayload> refused() const;
  [[nodiscard]] std::uint64_t counted(std::string_view name) const;
  [[nodiscard]] std::optional<std::int32_t> health() const;
  [[nodiscard]] std::string health_reason() const;
  // get_interface() knows nothing any more, as a host of an earlier version.
  void forget_interfaces();
  // What the plugin did against the ABI, in words: a test expects none.
  [[nodiscard]] std::vector<std::string> faults() const;
  // `key=value` of each reading, with `~` for stale, `?` for uncertain, `!` for bad; and forgets them.
  std::vector<std::string> take_texts();
  // Forgets readings (not series).
  void forget_readings();

  // Waits until the newest reading of `key` satisfies `wanted`; false after `patience`.
  bool wait_for(std::string_view key, const std::function<bool(const PublishedReading&)>& wanted,
                std::chrono::milliseconds patience = std::chrono::seconds(20)) const;
  // Waits until at least `count` readings were published in all.
  bool wait_for_readings(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds(20)) const;

 private:
  static FakeHost& self(const telltale_host* host);
  telltale_result declare(const telltale_series& series, std::uint32_t& number);
  telltale_result publish(std::span<const telltale_reading> readings, std::optional<std::string_view> text);
  [[nodiscard]] bool acceptable(const telltale_reading& reading, bool is_text);
  [[nodiscard]] std::int64_t now_locked() const;

  OptionTree options_;
  std::string id_;
  telltale_host abi_{};

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Guarded by mutex_.
  std::int64_t clock_ = 1'000'000'000'000;
  bool real_clock_ = false;
  bool refuse_ = false;
  std::size_t series_limit_ = 65'536;
  std::size_t publish_calls_ = 0;
  std::vector<DeclaredSeries> series_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<PublishedReading> readings_;
  std::map<std::string, std::size_t, std::less<>> newest_;  // key to index of readings_
  std::vector<LogLine> log_;
  std::vector<RefusedPayload> refused_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::optional<std::int32_t> health_;
  std::string health_reason_;
  std::vector<std::string> faults_;
};

}  // namespace telltale::test
