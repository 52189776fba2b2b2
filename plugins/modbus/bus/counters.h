// What happened on the bus: shown with the input as counters, and kept per unit for the readings about the bus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <telltale/cpp/host.hpp>

namespace telltale::modbus {

// Of one unit.
struct UnitCounts {
  std::uint64_t requests = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t garbled = 0;  // torn and foreign, wrong checksums included
  std::uint64_t bad_checksum = 0;
  std::map<std::uint8_t, std::uint64_t> exceptions;  // by code
};

// The host shows 64 names of an instance. Those of the whole bus come first; those of units are `unit.3.timeouts`, and
// are left out when there is no room for more.
class Counters {
 public:
  explicit Counters(Host host) : host_(host) {}

  void count(const std::string& name, std::uint64_t amount = 1) {
    if (amount != 0) host_.count(name, amount);
  }
  void count_unit(unsigned unit, const std::string& what, std::uint64_t amount = 1) {
    if (amount == 0) return;
    const std::string name = "unit." + std::to_string(unit) + "." + what;
    if (!names_.contains(name)) {
      if (names_.size() >= kMaxNames) return;
      names_.insert(name);
    }
    host_.count(name, amount);
  }

 private:
  static constexpr std::size_t kMaxNames = 44;  // of units; the bus has fewer than 20 of its own

  Host host_;
  std::set<std::string> names_;
};

}  // namespace telltale::modbus
