// Runs a plugin's probe/1 in a confined process of its own, and tells what it finds as it finds it. Blocks until the
// probe is done, its time is up or it is interrupted; the process has ended then. Any one thread. Needs no daemon.
#pragma once

#include <chrono>
#include <string>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"
#include "daemon/host/probe_message.h"

namespace telltale::host {

struct ProbeRequest {
  std::string host_program;  // find_plugin_host()
  core::PluginDescription plugin;
  core::OptionValue options;  // follows plugin.probe_options
  std::chrono::nanoseconds time = std::chrono::minutes(30);
  int interrupt = -1;                      // a descriptor that becomes readable to end it; or -1
  std::chrono::milliseconds grace{2'500};  // between the stop and SIGKILL
};

[[nodiscard]] bool can_probe(const core::PluginDescription& plugin);

// Called from inside of probe().
class ProbeObserver {
 public:
  ProbeObserver() = default;
  ProbeObserver(const ProbeObserver&) = delete;
  ProbeObserver& operator=(const ProbeObserver&) = delete;
  virtual ~ProbeObserver() = default;
  virtual void on_finding(const FindingMessage& finding) = 0;
  virtual void on_progress(const ProgressMessage& progress) = 0;
  virtual void on_log(const LogMessage& line) = 0;
};

enum class ProbeEnd : std::uint8_t { kDone, kTimeIsUp, kInterrupted };

// ErrorCode::kInvalid: the plugin has no probe, or refuses its options; kIo: it could not look at all; kInternal: its
// process crashed or had to be killed. What was found before was told all the same.
[[nodiscard]] core::Result<ProbeEnd> probe(const ProbeRequest& request, ProbeObserver& observer);

}  // namespace telltale::host
