#include "plugins/linux/collect/unit_watch.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds kSoon = seconds(1);

int make_event() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

bool is_refusal(const std::system_error& error) {
  return error.code().value() == EPERM || error.code().value() == EACCES;
}

}  // namespace

UnitWatch::UnitWatch(Machine machine, const UnitSettings& settings)
    : machine_(std::move(machine)),
      settings_(settings),
      query_(make_unit_query(settings.wanted)),
      stop_fd_(make_event()),
      batch_(machine_.host) {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    ::close(stop_fd_);
    throw;
  }
}

UnitWatch::~UnitWatch() {
  const std::uint64_t one = 1;
  // It can only fail when it was told before.
  [[maybe_unused]] const ssize_t written = ::write(stop_fd_, &one, sizeof one);
  thread_.join();
  ::close(stop_fd_);
}

bool UnitWatch::pause(nanoseconds time) const {
  const auto whole = std::chrono::duration_cast<seconds>(time);
  const timespec timeout{static_cast<time_t>(whole.count()), static_cast<long>((time - whole).count())};
  pollfd wait{stop_fd_, POLLIN, 0};
  ::ppoll(&wait, 1, is_refused_ ? nullptr : &timeout, nullptr);
  return (wait.revents & POLLIN) == 0;
}

void UnitWatch::run() {
  for (;;) {
    const auto lost = converse();
    if (!lost) return;
    say_lost(*lost);
    if (!pause(kRetry)) return;
  }
}

std::optional<std::string> UnitWatch::converse() {
  try {
    SystemdBus bus(settings_.bus, [this](std::string_view unit, std::string_view state) { on_change(unit, state); });
    due_ = machine_.host.now();
    for (;;) {
      bus.process();
      batch_.flush();
      const nanoseconds now = machine_.host.now();
      if (std::exchange(is_fresh_, false)) due_ = std::min(due_, now + kSoon);
      if (now >= due_ && !bus.is_asking()) {
        // Deadlines stand on a grid; those that have passed are skipped.
        due_ += settings_.every * (1 + (now - due_) / settings_.every);
        ask(bus);
        continue;
      }
      if (!bus.wait(stop_fd_, due_ - now)) return std::nullopt;
    }
  } catch (const std::system_error& error) {
    is_refused_ = is_refusal(error);
    return std::string(error.what()) + (is_refused_ ? "; isolation or the bus forbids it: allow: {local_sockets: true} "
                                                      "in the section of this input is what it needs"
                                                    : "");
  } catch (const std::exception& error) {
    return error.what();
  }
}

void UnitWatch::ask(SystemdBus& bus) {
  batch_.stamp(machine_.host.now());
  if (query_.patterns.empty()) return ask_for_rest(bus);
  bus.ask_matching(query_.patterns, [this, &bus](const std::vector<UnitStatus>& units) {
    take(units, false);
    ask_for_rest(bus);
  });
}

// What is asked for by name, and what was there before: a unit that has stopped may not be loaded any more.
void UnitWatch::ask_for_rest(SystemdBus& bus) {
  std::vector<std::string> names;
  for (const std::string& name : query_.names) {
    const auto found = units_.find(name);
    if (found == units_.end() || !found->second.seen) names.push_back(name);
  }
  for (const auto& [name, unit] : units_) {
    const bool is_named = std::find(query_.names.begin(), query_.names.end(), name) != query_.names.end();
    if (!unit.seen && unit.series && !is_named) names.push_back(name);
  }
  if (names.empty()) return finish_round();
  bus.ask_named(names, [this](const std::vector<UnitStatus>& units) {
    take(units, true);
    finish_round();
  });
}

void UnitWatch::take(const std::vector<UnitStatus>& units, bool by_name) {
  batch_.stamp(machine_.host.now());
  if (std::exchange(is_lost_, false)) machine_.host.notice("systemd's units are told again");
  for (const UnitStatus& unit : units) {
    if (!query_.wanted.wants(unit.name)) continue;
    const bool is_there = unit.load != "not-found";
    // What others only mention is not there to be shown, unless it was asked for.
    if (!is_there && !by_name && units_.find(unit.name) == units_.end()) continue;
    Unit* found = known(unit);
    if (found == nullptr) continue;
    found->seen = true;
    publish(*found, is_there || unit.active != "inactive" ? unit_state(unit.active) : std::nullopt);
  }
}

void UnitWatch::finish_round() {
  for (auto& [name, unit] : units_) {
    if (!unit.seen && unit.series) publish(unit, std::nullopt);
    unit.seen = false;
  }
  publish_failed();
}

void UnitWatch::on_change(std::string_view name, std::string_view state) {
  if (!query_.wanted.wants(name)) return;
  const auto found = units_.find(name);
  if (found == units_.end()) {
    is_fresh_ = true;
    return;
  }
  if (!found->second.series) return;
  batch_.stamp(machine_.host.now());
  publish(found->second, unit_state(state));
  publish_failed();
}

UnitWatch::Unit* UnitWatch::known(const UnitStatus& unit) {
  auto found = units_.find(unit.name);
  if (found == units_.end()) {
    Unit made;
    if (units_.size() < kMaxUnits) {
      try {
        SeriesSpec spec{.name = "unit.state", .kind = TELLTALE_KIND_STATE};
        spec.title = unit.description.empty() ? unit.name : clean_name(unit.description);
        spec.states = unit_states();
        made.series = machine_.declare(labelled(std::move(spec), "unit", clean_name(unit.name)));
      } catch (const ConfigError&) {
        // Left out, as those of which there are too many.
      }
    }
    if (!made.series) {
      machine_.host.count(kLeftOut);
      if (!std::exchange(warned_, true)) {
        machine_.host.warning("too many units: '" + unit.name + "' and further ones are left out");
      }
      if (units_.size() >= kMaxUnits) return nullptr;
    }
    found = units_.emplace(unit.name, made).first;
  }
  return found->second.series ? &found->second : nullptr;
}

// Nothing: it is gone, or in a state that has no number. Said once.
void UnitWatch::publish(Unit& unit, std::optional<std::int64_t> state) {
  unit.state.reset();
  if (state) {
    unit.state = static_cast<double>(*state);
    unit.said_bad = false;
    batch_.add(*unit.series, *unit.state);
  } else if (!std::exchange(unit.said_bad, true)) {
    batch_.add_bad(*unit.series);
  }
}

void UnitWatch::publish_failed() {
  if (!failed_) failed_ = machine_.declare(gauge("units.failed", "", "Units that failed", 0));
  double failed = 0;
  for (const auto& [name, unit] : units_) failed += unit.state == kUnitFailed ? 1 : 0;
  batch_.add(*failed_, failed);
}

void UnitWatch::all_bad() {
  batch_.stamp(machine_.host.now());
  for (auto& [name, unit] : units_) {
    unit.seen = false;
    if (unit.series) publish(unit, std::nullopt);
  }
  if (failed_) batch_.add_bad(*failed_);
  batch_.flush();
}

void UnitWatch::say_lost(const std::string& reason) {
  if (std::exchange(is_lost_, true)) return;
  all_bad();
  machine_.host.warning("systemd's units are not shown" + std::string(is_refused_ ? "" : " until it answers") + ": " +
                        reason);
}

}  // namespace telltale::linux_input
