// One life of an instance as the supervisor sees it, isolated or not: the joint between supervision and the way an
// instance is run. Everything here happens on the supervisor's thread.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/fd.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/host/confinement.h"
#include "daemon/host/control_message.h"
#include "daemon/host/refusal_listener.h"
#include "daemon/host/report_area.h"
#include "daemon/host/ring_mapping.h"

namespace telltale::host {

struct InstanceEnd {
  bool stopped = false;           // it was asked to stop, and did, or was ended
  bool by_configuration = false;  // the same options will not do better
  std::string reason;             // one line; may be there after a stop too
  std::string cause;              // the reason without its last line, where there is one: "killed by SIGSEGV"
  int signal = 0;                 // that ended its process; 0: none
};

// Told what happens. on_end is the last call.
class InstanceObserver {
 public:
  InstanceObserver() = default;
  InstanceObserver(const InstanceObserver&) = delete;
  InstanceObserver& operator=(const InstanceObserver&) = delete;
  virtual ~InstanceObserver() = default;
  virtual void on_ready(core::Duration interval) = 0;
  virtual void on_log(const LogMessage& line) = 0;
  virtual void on_health(const HealthMessage& health) = 0;
  virtual void on_counters(const CountersMessage& counters) = 0;
  virtual void on_refused(const RefusedMessage& refused) = 0;
  virtual void on_answer(const AnswerMessage& answer) = 0;
  // Of an isolated one: what its kernel could put in force, and what it then refused.
  virtual void on_confined(const ConfinedMessage& confined) = 0;
  virtual void on_refusal(const Refusal& refusal) = 0;
  virtual void on_end(const InstanceEnd& end) = 0;
};

class RunningInstance {
 public:
  RunningInstance() = default;
  RunningInstance(const RunningInstance&) = delete;
  RunningInstance& operator=(const RunningInstance&) = delete;
  virtual ~RunningInstance() = default;
  virtual void request_stop() = 0;
  // on_answer comes later, unless it ends before.
  virtual void request(RequestMessage message) = 0;
  // Ends it now; `why` becomes the end's reason. One that runs in this process cannot be ended: it is let go, and
  // on_end is called all the same.
  virtual void end(const std::string& why) = 0;
  // Makes it say where it is, in the report, as if it crashed there; it ends of it. An isolated one only.
  virtual void ask_where_it_is() {}
  // The observer is about to go away.
  virtual void forget_observer() = 0;
  [[nodiscard]] virtual int pid() const = 0;  // 0: in this process
};

// What a life needs.
struct InstanceSetup {
  core::InputConfig config;
  std::string plugin_file;
  std::string host_program;  // of an isolated one
  Confinement confinement;   // of an isolated one
  std::shared_ptr<RingMapping> ring;
  std::shared_ptr<ReportArea> report;
  core::Fd wake;  // a duplicate of the consumer's eventfd
};

// Both answer an error when it cannot even be started. on_end comes later, never from inside the call.
[[nodiscard]] core::Result<std::shared_ptr<RunningInstance>> start_isolated(boost::asio::io_context& context,
                                                                            const InstanceSetup& setup,
                                                                            const core::Clock& clock,
                                                                            InstanceObserver& observer);
// A crash of the plugin is a crash of the daemon.
[[nodiscard]] core::Result<std::shared_ptr<RunningInstance>> start_local(boost::asio::io_context& context,
                                                                         InstanceSetup setup, const core::Clock& clock,
                                                                         InstanceObserver& observer);

}  // namespace telltale::host
