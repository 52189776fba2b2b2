#include "plugins/modbus/bus/group.h"

#include <algorithm>
#include <utility>

namespace telltale::modbus {
namespace {

std::vector<Span> spans_of(const std::vector<Slot>& slots) {
  std::vector<Span> spans;
  spans.reserve(slots.size());
  for (const Slot& slot : slots) spans.push_back({slot.point.address, slot.point.count()});
  return spans;
}

// What the unit refused is asked for again so seldom.
constexpr std::chrono::seconds kHoleEvery{60};

}  // namespace

Group::Group(std::vector<Slot> slots, ReadLimits limits, Time first_due)
    : slots_(std::move(slots)),
      table_(slots_.front().point.table),
      every_(slots_.front().point.every),
      plan_(spans_of(slots_), limits) {
  const auto by_address = [](const Slot& a, const Slot& b) { return a.point.address < b.point.address; };
  std::stable_sort(slots_.begin(), slots_.end(), by_address);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::uint16_t count = slots_[i].point.count();
    if (count <= limits.max_count) continue;
    longs_.push_back({i, std::vector<std::uint8_t>(std::size_t{count} * 2), std::vector<Time>(count)});
  }
  plan_again({}, {}, first_due);
}

// Reads that stayed keep their deadline; new ones are due at once.
void Group::plan_again(const std::vector<ReadPlan::Read>& before, const std::vector<Time>& due, Time now) {
  due_.assign(reads().size(), now);
  priorities_.assign(reads().size(), Priority::kLow);
  for (std::size_t i = 0; i < reads().size(); ++i) {
    const auto same = std::find(before.begin(), before.end(), reads()[i]);
    if (same != before.end()) due_[i] = due[static_cast<std::size_t>(same - before.begin())];
    if (same == before.end() && reads()[i].is_hole) due_[i] = now + kHoleEvery;
    for_each(i, [&](const Slot& slot) { priorities_[i] = std::min(priorities_[i], slot.point.priority); });
  }
}

std::uint64_t Group::move_on(std::size_t read, Time now) {
  if (reads()[read].is_hole) {
    due_[read] = now + std::max<Time>(kHoleEvery, every_);
    return 0;
  }
  if (due_[read] > now) {  // asked for ahead of its time
    return 0;
  }
  const std::int64_t passed = (now - due_[read]) / every_ + 1;
  due_[read] += every_ * passed;
  return static_cast<std::uint64_t>(passed - 1);
}

bool Group::refused(std::size_t read, Time now) {
  const std::vector<ReadPlan::Read> before = reads();
  const std::vector<Time> due = due_;
  if (!plan_.refused(read)) return false;
  plan_again(before, due, now);
  return true;
}

bool Group::answered(std::size_t read, Time now) {
  if (plan_.is_settled() && !reads()[read].is_hole) return false;  // nearly always: nothing to copy
  const std::vector<ReadPlan::Read> before = reads();
  const std::vector<Time> due = due_;
  if (!plan_.answered(read)) return false;
  plan_again(before, due, now + every_);  // the values are fresh: no hurry
  return true;
}

std::size_t Group::first_slot_at(std::uint16_t address) const {
  const auto found =
      std::lower_bound(slots_.begin(), slots_.end(), address,
                       [](const Slot& slot, std::uint16_t wanted) { return slot.point.address < wanted; });
  return static_cast<std::size_t>(found - slots_.begin());
}

// Copies what a read holds of a long point; true when that completes it: all of it is of one round.
bool Group::gather(Long& part, const Span& range, std::span<const std::uint8_t> data, Time time) const {
  const Point& point = slots_[part.slot].point;
  const std::uint32_t begin = std::max<std::uint32_t>(point.address, range.address);
  const std::uint32_t end = std::min(end_of(point), range.end());
  if (begin >= end) return false;
  for (std::uint32_t address = begin; address < end; ++address) {
    const std::size_t from = (std::size_t{address} - range.address) * 2;
    const std::size_t into = address - point.address;
    part.data[into * 2] = data[from];
    part.data[into * 2 + 1] = data[from + 1];
    part.times[into] = time;
  }
  const Time oldest = *std::min_element(part.times.begin(), part.times.end());
  return end == end_of(point) && oldest > time - every_;
}

}  // namespace telltale::modbus
