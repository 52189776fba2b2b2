#include "plugins/modbus/bus/bus.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "plugins/modbus/plan/load.h"

namespace telltale::modbus {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kFirstReopen = milliseconds(250);
constexpr Time kLastReopen = seconds(10);
constexpr int kSilencesOfAConnection = 3;  // then it is opened anew: it may be half dead
constexpr int kConvincing = 3;             // exceptions in a row, where one may be another's
constexpr Time kLookEvery = minutes(1);
constexpr Time kComplainEvery = minutes(10);

std::function<std::uint32_t()> random_source() {
  return [engine = std::mt19937(std::random_device{}())]() mutable { return static_cast<std::uint32_t>(engine()); };
}

std::string percent(double share) { return std::to_string(std::llround(share * 100)) + " %"; }

}  // namespace

Bus::Bus(Host host, const Settings& settings, Link& link, Exchanger& exchanger, WriteQueue& writes)
    : host_(host),
      settings_(settings),
      link_(link),
      exchanger_(exchanger),
      writes_(writes),
      counters_(host),
      publisher_(host),
      statistics_(host, settings.statistics),
      reopen_wait_(kFirstReopen) {
  const Time now = link.now();
  const auto random = random_source();
  for (const DeviceSettings& device : settings.devices) {
    units_.push_back(std::make_unique<Unit>(device, publisher_, random, now));
  }
  look_at_ = now + kLookEvery;
  const double needed = load();
  if (settings.timing.character != Time{} && needed > 1) {
    host_.warning("reading all this needs about " + percent(needed) + " of the time of " + link_.where() +
                  ": raise 'every', or the speed of the line; values will be late");
  }
}

void Bus::run() {
  host_.connecting("opening " + link_.where());
  while (step()) {
  }
  writes_.close();
  link_.close();
}

// Share of the bus that the plan needs: predicted before anything was measured, then as measured.
double Bus::load() const {
  std::vector<Demand> demands;
  for (const auto& unit : units_) {
    const Time pauses = settings_.timing.request_delay + settings_.timing.frame_delay;
    const Time takes = unit->trips.count() < 10 ? Time{} : unit->trips.percentile(0.5) + pauses;
    unit->for_each_read([&](const Range& range, Time every) { demands.push_back({range, every, takes}); });
  }
  return load_of(demands, settings_.timing);
}

void Bus::look_at_load(Time now) {
  if (now < look_at_) return;
  look_at_ = now + kLookEvery;
  if (missed_ != 0 && now >= complain_at_) {
    complain_at_ = now + kComplainEvery;
    host_.warning(std::to_string(missed_) + " readings were left out in the last minute: the plan needs " +
                  percent(load()) + " of the time of " + link_.where() + "; raise 'every', or ask fewer units");
  }
  missed_ = 0;
}

bool Bus::step() {
  Time now = link_.now();
  if (const auto command = writes_.take()) return perform(*command);
  statistics_.publish(units_, now);
  look_at_load(now);
  if (!link_.is_open()) {
    if (now < reopen_at_) return link_.sleep(reopen_at_) != Io::kStopped;
    return open();
  }
  Unit* chosen = nullptr;
  std::optional<Job> best;
  for (const auto& unit : units_) {
    const auto job = unit->next_job(now);
    if (!job || (best && !goes_first(*job, *best, now))) continue;
    best = job;
    chosen = unit.get();
  }
  if (best && best->due <= now) return ask(*chosen, *best);
  const Time wake = std::min({best ? best->due : now + seconds(60), statistics_.next(), look_at_});
  return link_.sleep(wake) != Io::kStopped;
}

bool Bus::open() {
  const auto reason = link_.open();
  const Time now = link_.now();
  if (!reason) {
    exchanger_.opened();
    is_new_ = true;
    silences_ = 0;
    if (settings_.timing.connect_delay > Time{} && link_.sleep(now + settings_.timing.connect_delay) == Io::kStopped)
      return false;
    if (!was_open_) {
      host_.info("opened " + link_.where());
      for (const auto& unit : units_) unit->begin_anew(link_.now());
    }
    was_open_ = true;
    return true;
  }
  if (reason->empty()) return false;
  counters_.count("connection.failed");
  if (was_open_) {
    for (const auto& unit : units_) {
      unit->publish_all_bad(now);
      unit->health.line_lost();
    }
  }
  was_open_ = false;
  last_reason_ = *reason;
  host_.failing(*reason);
  reopen_at_ = now + reopen_wait_;
  reopen_wait_ = std::min(reopen_wait_ * 2, kLastReopen);
  return true;
}

// The link is to be opened anew: at once when it had worked, else after a while.
void Bus::lose_link(const std::string& reason) {
  link_.close();
  counters_.count("connection.lost");
  if (is_new_) {
    reopen_at_ = link_.now() + reopen_wait_;
    reopen_wait_ = std::min(reopen_wait_ * 2, kLastReopen);
  }
  host_.debug(link_.where() + ": " + reason + ", opening it anew");
}

bool Bus::others_answer(const Unit& unit) const {
  return std::any_of(units_.begin(), units_.end(), [&unit](const auto& other) {
    return other.get() != &unit && other->health.was_heard() && !other->health.is_resting();
  });
}

// What replies of the unit take at the most, or those of the slowest other.
Time Bus::usual_time(const Unit& unit) const {
  if (unit.trips.count() >= 5) return unit.trips.percentile(0.99);
  Time slowest{};
  for (const auto& other : units_) {
    if (other->trips.count() >= 5) slowest = std::max(slowest, other->trips.percentile(0.99));
  }
  return slowest;
}

bool Bus::ask(Unit& unit, const Job& job) {
  const Range range = unit.range_of(job);
  const Time timeout = unit.health.patience(unit.settings().timeout, usual_time(unit));
  const Answer answer = exchanger_.read(unit.settings().unit, range, unit.max_count(range.table), timeout);
  count_strays(unit);
  if (answer.outcome == Outcome::kStopped) return false;
  if (answer.outcome == Outcome::kResting) {
    unit.hold(job, answer.until);
    return true;
  }
  statistics_.busy(answer.received - answer.sent);
  ++unit.counts.requests;
  counters_.count("requests");
  counters_.count_unit(unit.id(), "requests");
  switch (answer.outcome) {
    case Outcome::kReply:
      unit.trips.add(answer.received - answer.sent);
      answered(unit, job, answer);
      break;
    case Outcome::kException:
      refused(unit, job, answer);
      break;
    default:
      failed(unit, job, answer, answer.outcome == Outcome::kTimeout);
      break;
  }
  return true;
}

void Bus::answered(Unit& unit, const Job& job, const Answer& answer) {
  is_new_ = false;
  silences_ = 0;
  reopen_wait_ = kFirstReopen;
  unit.exceptions_in_a_row = 0;
  const bool was_heard = unit.health.was_heard();
  const bool is_back = unit.health.answered();
  unit.take(job, answer.reply, answer.sent);
  if (is_back) {
    if (was_heard) host_.info(unit.word() + " answers again");
    unit.begin_anew(answer.received);
  }
  move_on(unit, job);
  if (is_back || !was_heard) say_health();
}

void Bus::refused(Unit& unit, const Job& job, const Answer& answer) {
  is_new_ = false;
  silences_ = 0;
  const std::uint8_t code = answer.exception;
  ++unit.counts.exceptions[code];
  counters_.count("exceptions");
  counters_.count_unit(unit.id(), "exceptions." + std::to_string(code));
  if (code == kGatewayNoPath || code == kGatewayNoAnswer) {  // the gateway speaks, the unit behind it does not
    failed(unit, job, answer, true);
    return;
  }
  const bool was_heard = unit.health.was_heard();
  const bool is_back = unit.health.answered();
  if (is_back) unit.begin_anew(answer.received);
  const bool is_place = code == kIllegalFunction || code == kIllegalAddress || code == kIllegalValue;
  if (is_place && answer.is_doubtful && ++unit.exceptions_in_a_row < kConvincing) return;  // asked again at once
  unit.exceptions_in_a_row = 0;
  if (!is_place) {
    unit.publish_bad(job, answer.received);
    move_on(unit, job);
  } else {
    const Range range = unit.range_of(job);
    if (unit.refused(job, answer.received)) {
      host_.debug(unit.word() + " refuses " + std::string(to_word(range.table)) + " " + std::to_string(range.address) +
                  " to " + std::to_string(range.address + range.count - 1) + ": " + exception_text(code));
      if (job.is_search) move_on(unit, job);
    } else {
      move_on(unit, job);
    }
  }
  if (is_back || !was_heard) say_health();
}

void Bus::failed(Unit& unit, const Job& job, const Answer& answer, bool is_silence) {
  if (answer.outcome == Outcome::kTimeout) {
    ++unit.counts.timeouts;
    counters_.count("timeouts");
    counters_.count_unit(unit.id(), "timeouts");
    ++silences_;
  } else if (answer.outcome != Outcome::kException) {
    ++unit.counts.garbled;
    counters_.count("garbled");
    counters_.count_unit(unit.id(), "garbled");
  }
  const bool was_resting = unit.health.is_resting();
  const Time cost = answer.received - answer.sent;
  switch (unit.health.failed(is_silence, answer.received, cost, others_answer(unit))) {
    case UnitHealth::Next::kAgain:
      break;
    case UnitHealth::Next::kGiveUp:
      unit.publish_bad(job, answer.received);
      move_on(unit, job);
      break;
    case UnitHealth::Next::kRest:
      unit.publish_all_bad(answer.received);
      if (!was_resting) {
        host_.warning(unit.word() + (answer.outcome == Outcome::kGarbled ? std::string(": ") + answer.detail
                                                                         : std::string(" does not answer")));
        say_health();
      }
      break;
  }
  if (answer.outcome == Outcome::kBroken) {
    lose_link(answer.detail);
  } else if (settings_.address.kind != Address::Kind::kRtu && silences_ >= kSilencesOfAConnection) {
    lose_link("no unit answers over this connection");
  }
}

void Bus::move_on(Unit& unit, const Job& job) {
  const std::uint64_t missed = unit.move_on(job, link_.now());
  missed_ += missed;
  counters_.count("deadlines.missed", missed);
}

void Bus::count_strays(Unit& unit) {
  const Strays strays = exchanger_.take_strays();
  unit.counts.bad_checksum += strays.bad_checksum;
  counters_.count_unit(unit.id(), "checksum.wrong", strays.bad_checksum);
  counters_.count("replies.late", strays.late);
  counters_.count("replies.foreign", strays.foreign);
  counters_.count("bytes.stray", strays.bytes);
  counters_.count("checksum.wrong", strays.bad_checksum);
}

// Well, when all units answer; else the reason names those that do not.
void Bus::say_health() {
  std::string silent;
  std::size_t count = 0;
  bool is_unknown = false;
  for (const auto& unit : units_) {
    if (unit->health.is_resting()) {
      if (++count <= 8) silent += (silent.empty() ? "" : ", ") + unit->word();
    } else if (!unit->health.was_heard()) {
      is_unknown = true;
    }
  }
  if (count == 0) {
    if (is_unknown && units_.size() > 1 && last_reason_.empty()) return;  // not all were asked yet
    last_reason_.clear();
    host_.ok();
    return;
  }
  if (count > 8) silent += " and " + std::to_string(count - 8) + " more";
  const std::string reason = silent + (count == 1 ? " does" : " do") + " not answer on " + link_.where() + " (" +
                             std::to_string(count) + " of " + std::to_string(units_.size()) +
                             "): is the unit id right, is the device on, do the settings of the line match?";
  last_reason_ = reason;
  host_.failing(reason);
}

}  // namespace telltale::modbus
