// One configured device on the bus: its groups, its health, its figures. Owned by the bus' thread; no I/O.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugins/modbus/bus/counters.h"
#include "plugins/modbus/bus/group.h"
#include "plugins/modbus/plan/round_trips.h"
#include "plugins/modbus/plan/sunspec_walk.h"
#include "plugins/modbus/plan/unit_health.h"
#include "plugins/modbus/publisher.h"
#include "plugins/modbus/settings.h"

namespace telltale::modbus {

// What the bus could ask a unit for next.
struct Job {
  std::size_t group = 0;
  std::size_t read = 0;
  Time due{};
  double urgency = 0;      // of what is due: the largest goes first
  bool is_search = false;  // for SunSpec's models; group and read mean nothing
};

// Whether `a` is to be asked before `b`: what is due before what is not, the most urgent of what is due, and else what
// is due first.
[[nodiscard]] bool goes_first(const Job& a, const Job& b, Time now);

class Unit {
 public:
  Unit(const DeviceSettings& settings, Publisher& publisher, std::function<std::uint32_t()> random, Time start);

  [[nodiscard]] const DeviceSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] unsigned id() const noexcept { return settings_.unit; }
  // "unit 3 (meter1)".
  [[nodiscard]] std::string word() const;

  // What goes first at `now`; see goes_first(). Of a resting unit the single probe.
  [[nodiscard]] std::optional<Job> next_job(Time now) const;
  [[nodiscard]] Range range_of(const Job& job) const;
  [[nodiscard]] std::uint16_t max_count(Table table) const {
    return is_bits(table) ? settings_.bits.max_count : settings_.registers.max_count;
  }

  // The reply to a job: publishes its values.
  void take(const Job& job, std::span<const std::uint8_t> data, Time time);
  // A job's values, or all of the unit's, are not to be had.
  void publish_bad(const Job& job, Time time);
  void publish_all_bad(Time time);
  // The unit refused a job for its address or length; true when there is another way to ask.
  bool refused(const Job& job, Time now);
  // Both answer how many deadlines were left out.
  std::uint64_t move_on(const Job& job, Time now);
  void hold(const Job& job, Time until);
  void begin_anew(Time now);  // all is due

  // The point that an output's name means, if it is one that may be set.
  [[nodiscard]] const Point* find_output(const std::string& name) const;
  void for_each_read(const std::function<void(const Range&, Time)>& each) const;
  [[nodiscard]] std::size_t hole_count() const;

  UnitHealth health;
  RoundTrips trips;
  UnitCounts counts;
  int exceptions_in_a_row = 0;

 private:
  void add_points(const std::vector<Point>& points, Time now);
  void add_models(Time now);
  [[nodiscard]] double factor_of(const Point& point) const;
  void take_slot(const Slot& slot, std::span<const std::uint8_t> data, Time time);

  const DeviceSettings& settings_;
  Publisher& publisher_;
  std::vector<Group> groups_;
  std::map<std::pair<Table, std::uint16_t>, double> factors_;  // powers of ten by their register; NaN: none
  std::optional<SunspecWalk> search_;
  Time search_due_{};
  Time probe_from_{};  // of a resting unit: what it was asked before may still come until then
};

}  // namespace telltale::modbus
