// What every collector of the linux input is given, and is.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/cpp/batch.hpp>
#include <telltale/cpp/host.hpp>

namespace telltale::linux_input {

// The machine that is looked at. A value.
struct Machine {
  Host host;
  std::string root;  // without a slash at its end; empty for this machine's own
  // Of every series, beside its own.
  std::vector<std::pair<std::string, std::string>> labels = {};
  [[nodiscard]] std::string path(std::string_view absolute) const { return root + std::string(absolute); }
  // As Host::declare.
  [[nodiscard]] Series declare(SeriesSpec spec) const {
    spec.labels.insert(spec.labels.end(), labels.begin(), labels.end());
    return host.declare(spec);
  }
};

// One round of reading. All that is read in it carries one time.
struct Round {
  Batch& batch;
  std::chrono::nanoseconds now;
  bool rescan = false;  // look for devices that came or went; also true the first time
};

// Reads one kind of thing and adds it to the batch. Owned and called by one thread. Never throws for what it reads: a
// missing file is silence, a malformed one is counted, a sensor that fails is a bad reading.
class Collector {
 public:
  Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  virtual ~Collector() = default;
  virtual void collect(Round& round) = 0;
};

// Names of the counts that are shown with the input.
inline constexpr std::string_view kMalformed = "malformed";  // lines and files that made no sense
inline constexpr std::string_view kSensorFailures =
    "sensor.failures";                                            // sensors that did not answer or answered garbage
inline constexpr std::string_view kLeftOut = "devices.left_out";  // beyond the most that are followed

}  // namespace telltale::linux_input
