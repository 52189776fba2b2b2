// Runs one instance from create to destroy: the same in telltale-plugin-host and, for `isolation: none`, in the
// daemon. run() is the instance's thread; request_stop() may be called from any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <optional>
#include <string>

#include "daemon/core/clock.h"
#include "daemon/core/fd.h"
#include "daemon/core/mutex.h"
#include "daemon/host/control_message.h"
#include "daemon/host/instance_host.h"
#include "daemon/host/loader.h"
#include "daemon/host/poll_timing.h"

namespace telltale::host {

// How a run ended.
struct RunResult {
  bool stopped = false;           // because it was asked to
  bool by_configuration = false;  // create answered TELLTALE_E_CONFIG
  std::string reason;             // one line; empty when stopped
};

class InstanceRunner {
 public:
  // ErrorCode::kIo when the system gives no descriptors. `host`, the plugin and `timing`, where polls are measured,
  // outlive the runner.
  [[nodiscard]] static core::Result<InstanceRunner> make(const LoadedPlugin& plugin, InstanceHost& host,
                                                         PollTiming* timing = nullptr);

  // Creates the instance on the calling thread, runs it until it ends or is asked to, destroys it. Exceptions that
  // leave the plugin are its failure. Once.
  [[nodiscard]] RunResult run();
  void request_stop() { core::notify(stop_); }
  // Calls write/1 or receive/1 of the instance, or has run()'s thread call sink/1, and says how it went. Blocks as long
  // as the plugin does; from one thread beside run()'s.
  [[nodiscard]] AnswerMessage answer(const RequestMessage& request);

 private:
  // The instance while it is there: create has returned, destroy was not called.
  struct Gate {
    core::Mutex mutex;
    telltale_instance* instance TELLTALE_GUARDED_BY(mutex) = nullptr;
  };

  // A batch on its way to the instance's thread, the only one that may call sink/1.
  struct Hatch {
    core::Mutex mutex;
    core::Condition changed;
    const RequestMessage* asked TELLTALE_GUARDED_BY(mutex) = nullptr;
    std::optional<AnswerMessage> answer TELLTALE_GUARDED_BY(mutex);
    bool open TELLTALE_GUARDED_BY(mutex) = false;
  };

  InstanceRunner(const LoadedPlugin& plugin, InstanceHost& host, PollTiming* timing, core::Fd stop, core::Fd timer)
      : plugin_(&plugin),
        host_(&host),
        timing_(timing),
        stop_(std::move(stop)),
        timer_(std::move(timer)),
        gate_(std::make_unique<Gate>()),
        hatch_(std::make_unique<Hatch>()) {}

  void open_gate(telltale_instance* instance);
  [[nodiscard]] telltale_result call(telltale_instance* instance, const RequestMessage& request) const;

  [[nodiscard]] RunResult run_instance(telltale_instance* instance);
  [[nodiscard]] RunResult poll_until_stopped(telltale_instance* instance);
  [[nodiscard]] RunResult stream_until_stopped(telltale_instance* instance);
  [[nodiscard]] RunResult send_until_stopped(telltale_instance* instance);
  // One batch with what it means for the sink's health; the end of the run when it was fatal.
  [[nodiscard]] std::optional<RunResult> send_once(telltale_instance* instance, const RequestMessage& request,
                                                   AnswerMessage& answer);
  [[nodiscard]] AnswerMessage pass_on(const RequestMessage& request);
  // One poll with what it means for the input's health; the end of the run when it was fatal.
  [[nodiscard]] std::optional<RunResult> poll_once(telltale_instance* instance, core::BootTime deadline);
  void measure(core::BootTime deadline, core::BootTime began);
  // True when the deadline came, false when the stop did.
  [[nodiscard]] bool wait_until(core::BootTime deadline) const;
  [[nodiscard]] bool stop_requested() const;
  [[nodiscard]] RunResult failed(std::string reason) const;

  const LoadedPlugin* plugin_;
  InstanceHost* host_;
  PollTiming* timing_;  // or null
  core::Fd stop_;       // an eventfd; readable: stop
  core::Fd timer_;      // a timerfd on the boot clock
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Hatch> hatch_;
  core::Fd work_;  // of a sink: an eventfd; readable: the hatch has something
  bool healthy_ = false;
};

}  // namespace telltale::host
