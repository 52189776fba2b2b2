// From values to the host: declares series when they first appear, at most so many, crosses to the host once for all
// readings of a message, and says `bad` of a series that is silent for too long.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/mqtt/mapping/series_table.h"

namespace telltale::mqtt {

// What all readings of a message share.
struct Stamp {
  std::int64_t time = 0;  // 0: the host stamps the arrival
  std::uint16_t quality = TELLTALE_QUALITY_GOOD;
  std::uint16_t flags = 0;

  // Nanoseconds since 1970 by the source's clock.
  [[nodiscard]] Stamp at(std::int64_t wall_time) const noexcept {
    return {wall_time, quality, TELLTALE_READING_WALL_TIME};
  }
  [[nodiscard]] Stamp with(std::uint16_t other_quality) const noexcept { return {time, other_quality, flags}; }
};

// Owned by the input. One thread at a time: the input sees to it.
class Publisher {
 public:
  Publisher(Host host, std::size_t max_series);

  // The series of this key, declared with `spec()` when it is new. Nothing when it cannot be (counted).
  template <class Spec>
  [[nodiscard]] std::optional<SeriesTable::Entry> series(std::string_view key, Spec&& spec) {
    if (const auto known = series_.find(key)) return known;
    return series_.declare(key, spec());
  }

  void add(const SeriesTable::Entry& series, double value, const Stamp& stamp);
  void add_text(const SeriesTable::Entry& series, std::string_view text, const Stamp& stamp);
  // Hands over what was added. What the ring has no room for, the host counts.
  void flush();

  // The series gets a message now, and becomes bad when none follows for `patience`.
  void expect(const SeriesTable::Entry& series, std::chrono::nanoseconds patience);
  // Publishes what has expired. To be called every second or so.
  void tick();

  // How many series all may make.
  [[nodiscard]] const std::shared_ptr<payload::SeriesBudget>& budget() const noexcept { return series_.budget(); }
  // Readings added so far.
  [[nodiscard]] std::uint64_t added() const noexcept { return added_; }
  [[nodiscard]] Host host() const noexcept { return host_; }

 private:
  Host host_;
  SeriesTable series_;
  std::vector<telltale_reading> batch_;
  std::uint64_t added_ = 0;
  std::unordered_map<std::uint32_t, std::chrono::nanoseconds> deadlines_;  // by the host's number
};

}  // namespace telltale::mqtt
