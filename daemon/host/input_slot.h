// One configured input: starts its instance, starts it again when it ends, replaces it when the configuration changes.
// Everything on the supervisor's thread. Owned by Supervisor.
//
//   starting -> connecting | running | failing -> backoff | gave up -> starting …        stop() -> stopped
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/log.h"
#include "daemon/host/backoff.h"
#include "daemon/host/fault_log.h"
#include "daemon/host/file_identity.h"
#include "daemon/host/hang_watch.h"
#include "daemon/host/rate_limit.h"
#include "daemon/host/request_desk.h"
#include "daemon/host/ring_source.h"
#include "daemon/host/running_instance.h"
#include "daemon/host/supervision.h"

namespace telltale::host {

// What all slots share; outlives them.
struct SlotContext {
  boost::asio::io_context& io;
  const SupervisorSettings& settings;
  core::PluginCatalog& catalog;
  const core::Clock& clock;
  core::Logger log;
  RandomSource random;
  BacktraceWork name_functions;
  // What the kernel can put in force was said once.
  bool kernel_said = false;
  bool paths_guarded = false;
  // The status of a slot changed.
  std::function<void(const core::InputStatus&)> publish;
};

class InputSlot final : public InstanceObserver {
 public:
  // `generation` is that of its first ring: larger than those of the rings that `source` has already.
  InputSlot(SlotContext& context, core::InputConfig config, std::shared_ptr<RingSource> source,
            std::uint64_t generation);
  InputSlot(const InputSlot&) = delete;
  InputSlot& operator=(const InputSlot&) = delete;
  ~InputSlot() override;

  void start();
  // Takes effect once the running instance has stopped. The same configuration: a restart.
  void replace(core::InputConfig config);
  // `stopped` is called once, when no instance runs any more; maybe from inside the call.
  void stop(std::function<void()> stopped);
  // Called regularly: looks for hangs and for a ring that made no sense.
  void check();

  // Hands it to the instance; `done` is called once, maybe from inside the call.
  void request(core::InputRequest request, std::function<void(core::Result<void>)> done);

  // /etc/resolv.conf is another file now, which a confined process of before cannot read.
  void resolver_was_replaced();

  // What it runs, or will once it has stopped.
  [[nodiscard]] const core::InputConfig& config() const { return next_config_ ? *next_config_ : config_; }
  [[nodiscard]] const std::shared_ptr<RingSource>& source() const { return source_; }
  // Stopped for good, or about to be.
  [[nodiscard]] bool leaving() const { return stopped_ != nullptr || status_.state == core::InputState::kStopped; }
  [[nodiscard]] bool stopped() const { return status_.state == core::InputState::kStopped; }

 private:
  void on_ready(core::Duration interval) override;
  void on_log(const LogMessage& line) override;
  void on_health(const HealthMessage& health) override;
  void on_counters(const CountersMessage& counters) override;
  void on_refused(const RefusedMessage& refused) override;
  void on_answer(const AnswerMessage& answer) override { requests_.answer(answer); }
  void on_confined(const ConfinedMessage& confined) override;
  void on_refusal(const Refusal& refusal) override;
  void on_end(const InstanceEnd& end) override;

  [[nodiscard]] core::Result<void> find_plugin();
  [[nodiscard]] core::Result<void> launch();
  void request_stop();
  void start_after(core::Duration delay);
  // One at a time: a later call replaces it, cancel_timer() ends it, also when it has expired and waits to be run.
  void call_after(core::Duration delay, void (InputSlot::*what)());
  void cancel_timer();
  void grace_is_over();
  void not_started(const core::Error& error);
  void report_end(const InstanceEnd& end);
  void restart_after(const InstanceEnd& end);
  void say_stopped();
  void remember_error(const std::string& reason);
  void remember_line(std::string line);
  void check_hang();
  void end_hung(const std::string& why);
  void end_now();
  void look_at_report();
  void look_at_file();
  void set_state(core::InputState state, std::string reason = {});

  SlotContext& context_;
  const core::Logger log_;
  core::InputConfig config_;
  const std::shared_ptr<RingSource> source_;
  std::optional<core::PluginDescription> plugin_;
  std::optional<core::InputConfig> next_config_;  // waits for the instance to stop
  std::function<void()> stopped_;                 // set: stopping for good
  core::InputStatus status_;
  FaultLog faults_{status_, context_.clock, log_};
  bool unsaid_ = false;  // the status changed, and is published with the next check
  std::deque<std::string> last_lines_;
  Backoff backoff_;
  boost::asio::steady_timer timer_;  // of the back-off, or of the grace of a stop
  // Compared by handlers that were queued before: a number of ours, gone when we are.
  std::shared_ptr<std::uint64_t> timer_number_ = std::make_shared<std::uint64_t>(0);
  RateLimit lines_{2 * kLinesPerSecond};
  RequestDesk requests_;

  std::uint64_t generation_;
  std::shared_ptr<RunningInstance> instance_;
  std::shared_ptr<RingMapping> ring_;   // of the instance
  std::shared_ptr<ReportArea> report_;  // of the instance
  std::optional<FileIdentity> plugin_identity_;
  std::string end_reason_;  // it was asked where it hangs, and is about to be ended
  core::Duration interval_{};
  std::optional<core::BootTime> ready_at_;
  HangWatch call_watch_;
  HangWatch heartbeat_watch_;
  bool hang_said_ = false;
  bool stop_asked_ = false;
};

}  // namespace telltale::host
