// Readings about the bus itself: how busy it is, and of each unit what it was asked, how
// it failed, and how long it takes to answer. Owned by the bus' thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/modbus/bus/unit.h"

namespace telltale::modbus {

class Statistics {
 public:
  Statistics(Host host, Time every) : host_(host), every_(every) {}

  // The bus was busy for `time`, from a request to its reply or to the end of waiting.
  void busy(Time time) { busy_ += time; }
  [[nodiscard]] Time next() const { return every_ == Time{} ? Time::max() : next_; }
  // Publishes when it is time.
  void publish(const std::vector<std::unique_ptr<Unit>>& units, Time now);

 private:
  struct OfUnit {
    Series requests, timeouts, garbled, checksums, exceptions, median, p90, p99, holes;
    std::map<std::uint8_t, Series> by_code;  // exceptions, from the first of a code on
  };

  [[nodiscard]] SeriesSpec spec_of(const Unit& unit, const std::string& what, std::uint32_t kind) const;
  [[nodiscard]] OfUnit declare(const Unit& unit) const;

  Host host_;
  Time every_;
  Time next_{};
  Time since_{};
  Time busy_{};
  Series load_;
  std::vector<OfUnit> units_;
};

}  // namespace telltale::modbus
