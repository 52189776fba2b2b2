// What goes wrong with one input over all its lives: what isolation refused it, and how it last ended. Writes into the
// input's status. Owned by its slot; supervisor's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/log.h"
#include "daemon/host/crash_frames.h"
#include "daemon/host/path_refusal.h"
#include "daemon/host/running_instance.h"

namespace telltale::host {

// Runs `work` where it may block, then hands its answer to `done` on the supervisor's thread; or never, at the end.
using BacktraceWork =
    std::function<void(std::vector<CrashFrame> frames, std::function<void(std::vector<std::string> backtrace)> done)>;

class FaultLog {
 public:
  FaultLog(core::InputStatus& status, const core::Clock& clock, const core::Logger& log)
      : status_(status), clock_(clock), log_(log) {}

  // A life begins; its refusals are told from those of earlier ones.
  void begin();
  void refused(const Refusal& refusal);
  // Takes what the instance noted of paths since the last look. True: there was something.
  bool look_at_paths(const RefusedPaths& paths);
  // A life ended unwanted. The report is in the status at once; the names of functions follow through `name_functions`,
  // after which `changed` is called.
  void ended(const InstanceEnd& end, const CrashRecord& record, const std::vector<std::string>& last_lines,
             const BacktraceWork& name_functions, std::function<void()> changed);

 private:
  void count(const std::string& call, const std::string& shown, const std::string& mend);

  core::InputStatus& status_;
  const core::Clock& clock_;
  const core::Logger& log_;
  RefusedPathReader paths_;
  std::map<std::string, core::BootTime> said_;  // by name of the call: when it was last logged
  std::string last_refused_;                    // of this life
  // Gone when we are; grows with every report, so that a late answer does not land in a younger one.
  std::shared_ptr<std::uint64_t> number_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace telltale::host
