#include "plugins/modbus/bus/unit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace telltale::modbus {
namespace {

// How much an interval of lateness weighs. A job of low priority that is eight intervals late goes before one of high
// priority that has just become due: nothing starves.
double weight_of(Priority priority) {
  switch (priority) {
    case Priority::kHigh:
      return 8;
    case Priority::kNormal:
      return 3;
    default:
      return 1;
  }
}

double urgency_of(Time due, Time every, Priority priority, Time now) {
  const double intervals = static_cast<double>((now - due).count()) / static_cast<double>(every.count());
  return (1 + std::max(intervals, 0.0)) * weight_of(priority);
}

constexpr std::chrono::seconds kSearchAgain{60};

}  // namespace

bool goes_first(const Job& a, const Job& b, Time now) {
  const bool is_due = a.due <= now;
  if (is_due != (b.due <= now)) return is_due;
  if (is_due && a.urgency != b.urgency) return a.urgency > b.urgency;
  return a.due < b.due;
}

Unit::Unit(const DeviceSettings& settings, Publisher& publisher, std::function<std::uint32_t()> random, Time start)
    : health(std::move(random)), settings_(settings), publisher_(publisher) {
  add_points(settings.points, start);
  if (!settings.models.empty()) search_.emplace(settings.model_bases);
  search_due_ = start;
}

std::string Unit::word() const {
  const std::string unit = "unit " + std::to_string(settings_.unit);
  return settings_.name.empty() ? unit : unit + " (" + settings_.name + ")";
}

// Makes groups of points: same table, same interval.
void Unit::add_points(const std::vector<Point>& points, Time now) {
  std::map<std::pair<Table, Time>, std::vector<Slot>> groups;
  std::set<std::tuple<Table, Time, std::uint16_t>> exponents;
  for (const Point& point : points) {
    groups[{point.table, point.every}].push_back({point, publisher_.declare(settings_, point), false});
    if (!point.exponent || !exponents.emplace(point.table, point.every, *point.exponent).second) continue;
    Slot hidden{point, 0, true};
    hidden.point.address = *point.exponent;
    hidden.point.layout = {ValueType::kInt16, {}, 0, 0, 1};
    groups[{point.table, point.every}].push_back(std::move(hidden));
  }
  for (auto& [key, slots] : groups) {
    groups_.emplace_back(std::move(slots), is_bits(key.first) ? settings_.bits : settings_.registers, now);
  }
}

// The points of the models that were found, at their places.
void Unit::add_models(Time now) {
  std::vector<Point> points;
  std::map<std::uint16_t, int> seen;
  for (const SunspecWalk::Model& model : search_->models()) {
    const auto known = settings_.models.find(model.number);
    if (known == settings_.models.end()) continue;
    const int times = ++seen[model.number];
    for (Point point : known->second) {
      if (point.address + point.count() > model.length) continue;  // an older form of the model, without it
      point.address = static_cast<std::uint16_t>(point.address + model.address);
      if (point.exponent) point.exponent = static_cast<std::uint16_t>(*point.exponent + model.address);
      if (times > 1) point.name += "." + std::to_string(times);
      points.push_back(std::move(point));
    }
  }
  add_points(points, now);
}

std::optional<Job> Unit::next_job(Time now) const {
  std::optional<Job> best;
  const auto offer = [&](const Job& job) {
    if (!best || goes_first(job, *best, now)) best = job;
  };
  if (search_ && !search_->has_found()) offer({0, 0, search_due_, weight_of(Priority::kHigh), true});
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const Group& it = groups_[group];
    for (std::size_t read = 0; read < it.reads().size(); ++read) {
      const Priority priority = it.reads()[read].is_hole ? Priority::kLow : it.priority(read);
      offer({group, read, it.due(read), urgency_of(it.due(read), it.every(), priority, now), false});
    }
  }
  if (best && health.is_resting()) {
    best->due = std::max(health.next_probe(), probe_from_);
    best->urgency = weight_of(Priority::kLow);
  }
  return best;
}

Range Unit::range_of(const Job& job) const {
  return job.is_search ? *search_->next() : groups_[job.group].range(job.read);
}

double Unit::factor_of(const Point& point) const {
  if (!point.exponent) return 1;
  const auto known = factors_.find({point.table, *point.exponent});
  return known == factors_.end() ? std::numeric_limits<double>::quiet_NaN() : known->second;
}

void Unit::take_slot(const Slot& slot, std::span<const std::uint8_t> data, Time time) {
  if (slot.is_hidden) {
    const auto exponent = static_cast<std::int16_t>(data[0] << 8U | data[1]);
    const bool is_good = exponent >= -10 && exponent <= 10;  // SunSpec: 0x8000 stands for none
    factors_[{slot.point.table, slot.point.address}] =
        is_good ? std::pow(10, exponent) : std::numeric_limits<double>::quiet_NaN();
    return;
  }
  const double factor = factor_of(slot.point);
  if (std::isnan(factor)) {
    publisher_.publish_bad(slot.series, time);
  } else {
    publisher_.publish(slot.series, slot.point, data, factor, time);
  }
}

void Unit::take(const Job& job, std::span<const std::uint8_t> data, Time time) {
  if (job.is_search) {
    search_->answered(data);
    if (search_->has_found()) add_models(time);
    return;
  }
  Group& group = groups_[job.group];
  group.take(job.read, data, time,
             [&](const Slot& slot, std::span<const std::uint8_t> part) { take_slot(slot, part, time); });
  publisher_.flush();
}

void Unit::publish_bad(const Job& job, Time time) {
  if (job.is_search) return;
  groups_[job.group].for_each(job.read, [&](const Slot& slot) {
    if (!slot.is_hidden) publisher_.publish_bad(slot.series, time);
  });
  publisher_.flush();
}

void Unit::publish_all_bad(Time time) {
  for (const Group& group : groups_) {
    for (const Slot& slot : group.slots()) {
      if (!slot.is_hidden) publisher_.publish_bad(slot.series, time);
    }
  }
  publisher_.flush();
}

bool Unit::refused(const Job& job, Time now) {
  if (job.is_search) {
    search_->refused();
    return true;
  }
  Group& group = groups_[job.group];
  const ReadPlan::Read& read = group.reads()[job.read];
  const bool is_single = read.is_hole || read.last - read.first == 1;
  if (is_single) publish_bad(job, now);
  return group.refused(job.read, now);
}

std::uint64_t Unit::move_on(const Job& job, Time now) {
  if (!job.is_search) {
    Group& group = groups_[job.group];
    const std::uint64_t missed = group.move_on(job.read, now);
    group.answered(job.read, now);
    return missed;
  }
  search_due_ = now;
  if (!search_->is_done() || search_->has_found()) return 0;
  search_->begin_again();
  search_due_ = now + kSearchAgain;
  return 0;
}

void Unit::hold(const Job& job, Time until) {
  // A probe is whichever read comes first: one that is held back must not be offered again and again meanwhile.
  if (health.is_resting()) probe_from_ = until;
  if (job.is_search) {
    search_due_ = until;
  } else {
    groups_[job.group].hold(job.read, until);
  }
}

void Unit::begin_anew(Time now) {
  search_due_ = now;
  for (Group& group : groups_) {
    for (std::size_t read = 0; read < group.reads().size(); ++read) {
      if (!group.reads()[read].is_hole) group.hold(read, now);
    }
  }
}

const Point* Unit::find_output(const std::string& name) const {
  for (const Group& group : groups_) {
    for (const Slot& slot : group.slots()) {
      if (!slot.is_hidden && slot.point.writable && Publisher::full_name(settings_, slot.point) == name)
        return &slot.point;
    }
  }
  return nullptr;
}

void Unit::for_each_read(const std::function<void(const Range&, Time)>& each) const {
  for (const Group& group : groups_) {
    for (std::size_t read = 0; read < group.reads().size(); ++read) {
      if (!group.reads()[read].is_hole) each(group.range(read), group.every());
    }
  }
}

std::size_t Unit::hole_count() const {
  std::size_t count = 0;
  for (const Group& group : groups_) count += group.hole_count();
  return count;
}

}  // namespace telltale::modbus
