// Tells people and programs of alarms, on a thread of its own: what it brings may take long, and nobody waits for it.
// Made by app; every call from any thread, none blocks but the destructor, for a moment.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/rules.h"
#include "daemon/core/log.h"
#include "daemon/core/notify_spec.h"

namespace telltale::notify {

class Notifier {
 public:
  static constexpr std::size_t kMostQueued = 1024;  // changes and tests; beyond, they are dropped and counted

  // Where it keeps what was told, over a restart: what it kept the last time, and how; of the notifier's thread, and
  // may block on the disk.
  struct Memory {
    std::string kept;
    std::function<void(const std::string& text)> keep;
  };

  // `device`: how it is called. `messenger`: see delivery.h. The clock outlives the thread.
  Notifier(std::string device, std::string messenger, const core::Clock& clock, core::Logger log, Memory memory = {});
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  // What is under way is left to itself after a second.
  ~Notifier();

  void configure(std::vector<core::NotifySpec> targets);
  void tell(const core::AlarmChange& change);
  // As the configuration has them, and how it goes with each.
  [[nodiscard]] std::vector<core::NotifyStatus> targets() const;
  // Tells the rule's targets at once that this is a test; answers how it went, on the notifier's thread.
  void test(const core::RuleSpec& rule, std::function<void(std::vector<core::TestOutcome>)> done);

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;  // the thread has it too
};

}  // namespace telltale::notify
