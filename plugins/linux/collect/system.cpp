#include "plugins/linux/collect/system.h"

#include <algorithm>

#include "plugins/linux/collect/specs.h"

namespace telltale::linux_input {
namespace {

SeriesSpec bytes_of(std::string name, std::string title, std::uint64_t total) {
  SeriesSpec spec = gauge(std::move(name), kBytes, std::move(title), 0);
  spec.range = {0, static_cast<double>(total)};
  return spec;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

LoadCollector::LoadCollector(const Machine& machine, bool load, bool system)
    : machine_(machine),
      load_(load),
      system_(system),
      load_file_(machine.path("/proc/loadavg")),
      uptime_file_(machine.path("/proc/uptime")) {
  if (load) {
    one_ = machine_.declare(gauge("load.1m", "", "Load, 1 minute", 2));
    five_ = machine_.declare(gauge("load.5m", "", "Load, 5 minutes", 2));
    fifteen_ = machine_.declare(gauge("load.15m", "", "Load, 15 minutes", 2));
  }
  if (system) {
    tasks_ = machine_.declare(gauge("tasks.total", "", "Tasks", 0));
    uptime_ = machine_.declare(gauge("system.uptime", "s", "Uptime", 0));
  }
}

void LoadCollector::collect(Round& round) {
  if (const std::string_view text = load_file_.read(); !text.empty()) {
    const auto average = parse_loadavg(text);
    if (!average) machine_.host.count(kMalformed);
    if (average && load_) {
      round.batch.add(one_, average->one_minute);
      round.batch.add(five_, average->five_minutes);
      round.batch.add(fifteen_, average->fifteen_minutes);
    }
    if (average && system_) round.batch.add(tasks_, static_cast<double>(average->tasks));
  }
  if (!system_) return;
  if (const std::string_view text = uptime_file_.read(); !text.empty()) {
    if (const auto seconds = parse_uptime(text)) {
      round.batch.add(uptime_, *seconds);
    } else {
      machine_.host.count(kMalformed);
    }
  }
}

MemoryCollector::MemoryCollector(const Machine& machine) : machine_(machine), file_(machine.path("/proc/meminfo")) {}

void MemoryCollector::collect(Round& round) {
  const std::string_view text = file_.read();
  if (text.empty()) return;
  const auto info = parse_meminfo(text);
  if (!info) {
    machine_.host.count(kMalformed);
    return;
  }
  if (!memory_) {
    memory_ = {machine_.declare(bytes_of("memory.used", "Memory used", info->total)),
               machine_.declare(bytes_of("memory.available", "Memory available", info->total)),
               machine_.declare(gauge("memory.total", kBytes, "Memory", 0)),
               machine_.declare(bytes_of("memory.cached", "Memory for caches", info->total)),
               machine_.declare(percent("memory.usage", "Memory usage"))};
  }
  round.batch.add(memory_->used, static_cast<double>(info->used()));
  round.batch.add(memory_->available, static_cast<double>(info->available));
  round.batch.add(memory_->total, static_cast<double>(info->total));
  round.batch.add(memory_->cached, static_cast<double>(info->cached));
  round.batch.add(memory_->usage, share(info->used(), info->total));
  if (info->swap_total == 0) return;
  if (!swap_) {
    swap_ = {machine_.declare(bytes_of("swap.used", "Swap used", info->swap_total)),
             machine_.declare(gauge("swap.total", kBytes, "Swap", 0)),
             machine_.declare(percent("swap.usage", "Swap usage"))};
  }
  const std::uint64_t used = info->swap_total - info->swap_free;
  round.batch.add(swap_->used, static_cast<double>(used));
  round.batch.add(swap_->total, static_cast<double>(info->swap_total));
  round.batch.add(swap_->usage, share(used, info->swap_total));
}

PressureCollector::PressureCollector(const Machine& machine)
    : machine_(machine),
      resources_{Resource{"cpu", ProcFile(machine.path("/proc/pressure/cpu")), {}, {}},
                 Resource{"memory", ProcFile(machine.path("/proc/pressure/memory")), {}, {}},
                 Resource{"io", ProcFile(machine.path("/proc/pressure/io")), {}, {}}} {}

void PressureCollector::collect(Round& round) {
  for (Resource& resource : resources_) {
    const std::string_view text = resource.file.read();
    if (text.empty()) {
      resource.some.microseconds.forget();
      resource.full.microseconds.forget();
      continue;
    }
    const Pressure pressure = parse_pressure(text);
    if (!pressure.some) machine_.host.count(kMalformed);
    publish(round, resource.some, resource, false, pressure.some);
    // Of the whole machine, "all wait for a processor" cannot be: the kernel says 0 there.
    if (resource.name != "cpu") publish(round, resource.full, resource, true, pressure.full);
  }
}

void PressureCollector::publish(Round& round, Meter& meter, const Resource& resource, bool full,
                                std::optional<std::uint64_t> total) const {
  if (!total) return meter.microseconds.forget();
  const auto rate = meter.microseconds.update(*total, round.now);
  if (!rate) return;
  if (!meter.series) {
    const std::string name = "pressure." + resource.name;
    meter.series = machine_.declare(percent(full ? name + ".full" : name,
                                            full ? "All wait for " + resource.name : "Some wait for " + resource.name));
  }
  round.batch.add(*meter.series, std::min(100.0, *rate / 1e6 * 100));
}

}  // namespace telltale::linux_input
