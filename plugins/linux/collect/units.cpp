#include "plugins/linux/collect/units.h"

#include <utility>

#include "plugins/linux/codec/units.h"
#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {
namespace {

constexpr double kStopped = 0;
constexpr double kRunning = 1;
constexpr double kMicroseconds = 1e6;
// The unified hierarchy, alone or beside the old ones.
constexpr std::string_view kSlices[] = {"/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/unified/system.slice"};

}  // namespace

UnitCollector::UnitCollector(const Machine& machine, std::vector<std::string> wanted)
    : machine_(machine), units_(machine.host) {
  for (const std::string& name : wanted) {
    if (name.find_first_of("*?") == std::string::npos) named_.push_back(name);
  }
  wanted_.include = std::move(wanted);
}

UnitCollector::Unit UnitCollector::declare(const std::string& name) const {
  SeriesSpec state{.name = "unit.state", .kind = TELLTALE_KIND_STATE, .title = name};
  state.states = {{0, "stopped"}, {1, "running"}};
  Unit unit;
  unit.state = machine_.host.declare(labelled(std::move(state), "unit", clean_name(name)));
  unit.name = name;
  return unit;
}

// Instances of a template lie in a slice of their own: system-getty.slice/getty@tty1.service.
void UnitCollector::look_for_units() {
  running_.clear();
  for (const std::string_view slice : kSlices) {
    const std::string top = machine_.path(slice);
    for (const std::string& name : list_directory(top)) {
      if (is_unit_name(name) && wanted_.wants(name)) running_.emplace(name, top + "/" + name);
      if (!name.ends_with(".slice")) continue;
      for (const std::string& inner : list_directory(top + "/" + name)) {
        if (is_unit_name(inner) && wanted_.wants(inner)) running_.emplace(inner, top + "/" + name + "/" + inner);
      }
    }
  }
}

void UnitCollector::forget(Round& round, Unit& unit) {
  for (auto* const series : {&unit.memory, &unit.tasks, &unit.cpu}) {
    if (*series) round.batch.add_bad(**series);
    series->reset();  // bad once
  }
  unit.cpu_meter.forget();
}

void UnitCollector::publish_stopped(Round& round, Unit& unit) const {
  round.batch.add(unit.state, kStopped);
  forget(round, unit);
}

void UnitCollector::publish(Round& round, const std::string& directory, Unit& unit) const {
  const auto events = read_sys_file(directory + "/cgroup.events");
  if (!events || find_number(*events, "populated").value_or(0) == 0) return publish_stopped(round, unit);
  round.batch.add(unit.state, kRunning);
  const auto add = [&](std::optional<Series>& series, SeriesSpec spec, std::optional<double> value) {
    if (!value) return;
    if (!series) series = machine_.host.declare(labelled(std::move(spec), "unit", clean_name(unit.name)));
    round.batch.add(*series, *value);
  };
  const auto number_in = [&](std::string_view file) -> std::optional<double> {
    const auto text = read_sys_file(directory + std::string(file));
    const auto number = text ? parse_number<std::uint64_t>(*text) : std::nullopt;
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
  };
  add(unit.memory, gauge("unit.memory", kBytes, unit.name + " memory", 0), number_in("/memory.current"));
  add(unit.tasks, gauge("unit.tasks", "", unit.name + " tasks", 0), number_in("/pids.current"));
  const auto cpu = read_sys_file(directory + "/cpu.stat");
  const auto used = cpu ? find_number(*cpu, "usage_usec") : std::nullopt;
  if (!used) return;
  const auto rate = unit.cpu_meter.update(*used, round.now);
  if (rate) add(unit.cpu, gauge("unit.cpu", "%", unit.name + " CPU, of one core", 1), *rate / kMicroseconds * 100);
}

void UnitCollector::collect(Round& round) {
  if (round.rescan) look_for_units();
  for (const auto& [name, directory] : running_) {
    Unit* unit = units_.present(name, [&name = name, this] { return declare(name); });
    if (unit != nullptr) publish(round, directory, *unit);
  }
  for (const std::string& name : named_) {
    if (running_.contains(name)) continue;
    Unit* unit = units_.present(name, [&] { return declare(name); });
    if (unit != nullptr) publish_stopped(round, *unit);
  }
  units_.sweep([&](Unit& gone) { publish_stopped(round, gone); });
}

}  // namespace telltale::linux_input
