// The points of one table of a unit that are read equally often: which reads cover them, and when each is due. Owned by
// the bus' thread; no I/O.
#pragma once

#include <cstddef>
#include <vector>

#include "plugins/modbus/link/link.h"
#include "plugins/modbus/plan/read_plan.h"
#include "plugins/modbus/publisher.h"

namespace telltale::modbus {

// A point at work.
struct Slot {
  Point point;
  std::size_t series = 0;  // of the publisher
  bool is_hidden = false;  // only the exponent of others
};

class Group {
 public:
  Group(std::vector<Slot> slots, ReadLimits limits, Time first_due);

  [[nodiscard]] Table table() const noexcept { return table_; }
  [[nodiscard]] Time every() const noexcept { return every_; }
  [[nodiscard]] const std::vector<ReadPlan::Read>& reads() const noexcept { return plan_.reads(); }
  [[nodiscard]] Range range(std::size_t read) const {
    return {table_, reads()[read].range.address, reads()[read].range.count};
  }
  [[nodiscard]] Time due(std::size_t read) const { return due_[read]; }
  [[nodiscard]] Priority priority(std::size_t read) const { return priorities_[read]; }

  // The next deadline after `now`, on the raster of the interval; answers how many were left out.
  std::uint64_t move_on(std::size_t read, Time now);
  // Not before `until`.
  void hold(std::size_t read, Time until) { due_[read] = until; }

  // Calls take(slot, data) for each point that the reply to reads()[read] completes, exponents first. `data`:
  // registers, or packed bits.
  template <class Take>
  void take(std::size_t read, std::span<const std::uint8_t> data, Time time, Take&& take);
  // Calls each(slot) for the points of a read.
  template <class Each>
  void for_each(std::size_t read, Each&& each) const;
  [[nodiscard]] const std::vector<Slot>& slots() const noexcept { return slots_; }

  // As in ReadPlan. True: reads() changed; what is new is due at once.
  bool refused(std::size_t read, Time now);
  bool answered(std::size_t read, Time now);
  [[nodiscard]] std::size_t hole_count() const noexcept { return plan_.hole_count(); }

 private:
  // A point longer than a read may be: gathered from several.
  struct Long {
    std::size_t slot = 0;
    std::vector<std::uint8_t> data;
    std::vector<Time> times;  // of each register
  };

  void plan_again(const std::vector<ReadPlan::Read>& before, const std::vector<Time>& due, Time now);
  [[nodiscard]] std::size_t first_slot_at(std::uint16_t address) const;
  [[nodiscard]] bool gather(Long& part, const Span& range, std::span<const std::uint8_t> data, Time time) const;
  [[nodiscard]] static std::uint32_t end_of(const Point& point) { return std::uint32_t{point.address} + point.count(); }

  std::vector<Slot> slots_;  // by address
  Table table_;
  Time every_;
  ReadPlan plan_;
  std::vector<Time> due_;             // of each read
  std::vector<Priority> priorities_;  // of each read: its most urgent point's
  std::vector<Long> longs_;
};

template <class Take>
void Group::take(std::size_t read, std::span<const std::uint8_t> data, Time time, Take&& take) {
  const Span range = reads()[read].range;
  const std::size_t first = first_slot_at(range.address);
  for (const bool hidden : {true, false}) {
    for (std::size_t i = first; i < slots_.size() && slots_[i].point.address < range.end(); ++i) {
      const Slot& slot = slots_[i];
      if (slot.is_hidden != hidden || end_of(slot.point) > range.end()) continue;
      const std::size_t at = std::size_t{slot.point.address} - range.address;
      if (is_bits(table_)) {
        const auto bit = static_cast<std::uint8_t>(data[at / 8] >> (at % 8) & 1U);
        take(slot, std::span(&bit, 1));
      } else {
        take(slot, data.subspan(at * 2, std::size_t{slot.point.count()} * 2));
      }
    }
  }
  for (Long& part : longs_) {
    if (gather(part, range, data, time)) take(slots_[part.slot], std::span<const std::uint8_t>(part.data));
  }
}

template <class Each>
void Group::for_each(std::size_t read, Each&& each) const {
  const Span range = reads()[read].range;
  for (const Slot& slot : slots_) {
    if (slot.point.address < range.end() && end_of(slot.point) > range.address) each(slot);
  }
}

}  // namespace telltale::modbus
