#include "plugins/linux/collect/processor.h"

#include <utility>

#include "plugins/linux/codec/text.h"
#include "plugins/linux/collect/specs.h"
#include "plugins/linux/transport/sys_dir.h"

namespace telltale::linux_input {

ProcessorCollector::ProcessorCollector(const Machine& machine, bool cpu, bool system, std::optional<NameFilter> cores)
    : machine_(machine),
      cpu_(cpu),
      system_(system),
      wanted_cores_(std::move(cores)),
      file_(machine.path("/proc/stat")) {
  if (cpu) {
    usage_ = machine_.declare(percent("cpu.usage", "CPU usage"));
    user_ = machine_.declare(percent("cpu.user", "CPU in programs"));
    system_share_ = machine_.declare(percent("cpu.system", "CPU in the kernel"));
    iowait_ = machine_.declare(percent("cpu.iowait", "CPU waiting for disks"));
  }
  if (system) {
    running_ = machine_.declare(gauge("tasks.running", "", "Tasks running", 0));
    blocked_ = machine_.declare(gauge("tasks.blocked", "", "Tasks waiting for disks", 0));
    switches_rate_ = machine_.declare(gauge("system.context_switches.rate", kPerSecond, "Context switches", 0));
    interrupts_rate_ = machine_.declare(gauge("system.interrupts.rate", kPerSecond, "Interrupts", 0));
  }
}

void ProcessorCollector::collect(Round& round) {
  const std::string_view text = file_.read();
  if (text.empty()) {
    before_.reset();  // the next shares shall not span the gap
    for (auto& [number, core] : cores_) core.times.reset();
    switches_.forget();
    interrupts_.forget();
    return;
  }
  parse_stat(text, stat_);
  if (stat_.malformed != 0) machine_.host.count(kMalformed, stat_.malformed);
  if (cpu_) {
    collect_shares(round);
    if (wanted_cores_) collect_cores(round);
    collect_frequency(round);
  }
  if (system_) collect_system(round);
}

void ProcessorCollector::collect_shares(Round& round) {
  if (!stat_.total) return;
  const auto share = before_ ? shares(*before_, *stat_.total) : std::nullopt;
  before_ = stat_.total;
  if (!share) return;
  round.batch.add(usage_, share->usage);
  round.batch.add(user_, share->user);
  round.batch.add(system_share_, share->system);
  round.batch.add(iowait_, share->iowait);
  if (!steal_ && stat_.total->ticks[CpuTimes::kSteal] != 0) {
    steal_ = machine_.declare(percent("cpu.steal", "CPU taken by other machines"));
  }
  if (steal_) round.batch.add(*steal_, share->steal);
}

void ProcessorCollector::collect_cores(Round& round) {
  for (const auto& [number, times] : stat_.cores) {
    const auto found = cores_.find(number);
    if (found == cores_.end()) {
      const std::string name = std::to_string(number);
      if (!wanted_cores_->wants(name)) continue;
      cores_[number] = {
          times, machine_.declare(labelled(percent("cpu.core.usage", "CPU core " + name + " usage"), "core", name)),
          true};
      continue;
    }
    Core& core = found->second;
    const auto share = core.times ? shares(*core.times, times) : std::nullopt;
    core.times = times;
    core.present = true;
    if (share) round.batch.add(core.usage, share->usage);
  }
  // One that was switched off is not listed any more.
  for (auto& [number, core] : cores_) {
    if (!std::exchange(core.present, false) && core.times) {
      round.batch.add_bad(core.usage);
      core.times.reset();
    }
  }
}

void ProcessorCollector::collect_system(Round& round) {
  if (stat_.running) round.batch.add(running_, static_cast<double>(*stat_.running));
  if (stat_.blocked) round.batch.add(blocked_, static_cast<double>(*stat_.blocked));
  if (stat_.context_switches) {
    if (const auto rate = switches_.update(*stat_.context_switches, round.now)) round.batch.add(switches_rate_, *rate);
  }
  if (stat_.interrupts) {
    if (const auto rate = interrupts_.update(*stat_.interrupts, round.now)) round.batch.add(interrupts_rate_, *rate);
  }
}

// One policy governs one core or several; the mean over the policies is what a person asks for.
void ProcessorCollector::collect_frequency(Round& round) {
  if (round.rescan) {
    frequency_files_.clear();
    const std::string base = machine_.path("/sys/devices/system/cpu/cpufreq");
    for (const std::string& policy : list_directory(base)) {
      if (policy.starts_with("policy")) frequency_files_.push_back(base + "/" + policy + "/scaling_cur_freq");
    }
  }
  double sum = 0;
  double policies = 0;
  for (const std::string& file : frequency_files_) {
    const auto text = read_sys_file(file);
    const auto kilohertz = text ? parse_number<std::uint64_t>(*text) : std::nullopt;
    if (!kilohertz) continue;
    sum += static_cast<double>(*kilohertz);
    ++policies;
  }
  if (policies == 0) return;
  if (!frequency_) frequency_ = machine_.declare(gauge("cpu.frequency", "MHz", "CPU frequency", 0));
  round.batch.add(*frequency_, sum / policies / 1000);
}

}  // namespace telltale::linux_input
