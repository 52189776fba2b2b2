// Collects readings and publishes them in one crossing: what to use for more than a few readings at a time.
//
//   telltale::Batch batch(host);
//   batch.stamp(host.now());
//   for (const Channel& channel : channels) batch.add(channel.series, channel.value);
//   batch.flush();
#pragma once

#include <cstddef>
#include <vector>

#include <telltale/cpp/host.hpp>

namespace telltale {

// Owned by one thread. Sends itself when it is full; what is not flushed is not published.
class Batch {
 public:
  static constexpr std::size_t kMaxReadings = 4096;  // what the host takes at once

  explicit Batch(Host host) : host_(host) {}

  // When what is added from now on was measured, unless it says so itself.
  void stamp(When when) noexcept { when_ = when; }

  // With the batch's time.
  void add(Series series, double value, Quality quality = Quality::kGood) { add(series, value, when_, quality); }
  // With a time of its own.
  void add(Series series, double value, When when, Quality quality = Quality::kGood) {
    readings_.push_back(when.reading(series.number(), value, quality));
    if (readings_.size() == kMaxReadings) send();
  }
  // The device reported a fault: the value is absent.
  void add_bad(Series series) { add(series, 0, Quality::kBad); }

  // False when the ring was full since the last flush: the host counts what was lost.
  bool flush() {
    if (!readings_.empty()) send();
    const bool taken = taken_;
    taken_ = true;
    return taken;
  }
  // Readings that wait to be sent.
  [[nodiscard]] std::size_t size() const noexcept { return readings_.size(); }

 private:
  void send() {
    taken_ = host_.publish(readings_) && taken_;
    readings_.clear();
  }

  Host host_;
  When when_;
  std::vector<telltale_reading> readings_;
  bool taken_ = true;  // all that was sent since the last flush
};

}  // namespace telltale
