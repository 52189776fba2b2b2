// Derived series and rules of the running daemon, as net sees them. Provided by app.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/derived_spec.h"
#include "daemon/core/error.h"
#include "daemon/core/rule_spec.h"

namespace telltale::core {

// A derived series of the configuration, as it is now.
struct DerivedStatus {
  DerivedSpec spec;
  std::uint64_t series = 0;  // that it makes at the moment
  std::string problem;       // why it does not do all that it should; empty: it does
};

enum class AlarmState : std::uint8_t {
  kInactive,
  kPending,  // it is so, but not for long enough
  kFiring,
  kAcknowledged,  // it fires, and somebody has seen it
  kCleared,       // it fired, and is over
  kNoData,        // nothing can be said
  kSuppressed,    // it would fire, but its parent does
};
[[nodiscard]] std::string_view to_text(AlarmState state);
[[nodiscard]] std::optional<AlarmState> alarm_state_from(std::string_view text);

// One alarm: of a rule, or of a rule and a set of labels.
struct AlarmStatus {
  RuleSpec spec;
  Labels labels;
  AlarmState state = AlarmState::kInactive;
  WallTime since{};
  double value = 0;  // NaN: none
  bool flapping = false;
  std::string by;  // who acknowledged it
  std::string comment;
  std::optional<WallTime> silenced;  // until then nobody is told
  std::string problem;               // why it is not watched as it should be
};

// A change of an alarm's state.
struct AlarmChange {
  AlarmStatus alarm;
  AlarmState before = AlarmState::kInactive;
  bool tell = true;      // false: of quiet hours, silences and what is only seen
  bool resumed = false;  // nothing changed: the daemon, or its configuration, is a new one
};

// How a test went with somebody who is told of alarms.
struct TestOutcome {
  std::string id;
  bool sent = false;
  std::string detail;  // why not
};

// Somebody who is told of alarms, and how that goes.
struct NotifyStatus {
  std::string id;
  std::string way;  // webhook, command, email, mqtt
  Severity least = Severity::kInfo;
  std::uint64_t waiting = 0;  // changes that are to be told
  std::uint64_t dropped = 0;  // that never will be
  std::optional<WallTime> told;
  std::string problem;  // why it could not be told; empty: the last time it could, or it was not tried yet
};

struct AlarmChoice {
  std::string rule;
  Labels labels;
};

// Answers come once, on the pipeline's thread, the notifier's or here, and must not block: hop to your own. Any thread.
class RuleKeeper {
 public:
  RuleKeeper() = default;
  RuleKeeper(const RuleKeeper&) = delete;
  RuleKeeper& operator=(const RuleKeeper&) = delete;
  virtual ~RuleKeeper() = default;
  virtual void derived(std::function<void(std::vector<DerivedStatus>)> done) = 0;
  virtual void alarms(std::function<void(std::vector<AlarmStatus>)> done) = 0;
  // Every alarm of that rule which fires or has cleared; with labels, those that have them. How many there were;
  // ErrorCode::kNotFound: there is no such rule.
  virtual void acknowledge(AlarmChoice choice, std::string who, std::string comment,
                           std::function<void(Result<std::uint64_t>)> done) = 0;
  // Nobody is told of that rule's alarms for so long; 0: they are again.
  virtual void silence(AlarmChoice choice, Duration length, std::string who, std::string comment,
                       std::function<void(Result<std::uint64_t>)> done) = 0;
  // Tells everybody whom that rule would tell that this is a test. Answers when all have been tried.
  virtual void test(std::string rule, std::function<void(Result<std::vector<TestOutcome>>)> done) = 0;
  // Tells one of them. ErrorCode::kNotFound: there is no such id.
  virtual void test_target(std::string id, std::function<void(Result<std::vector<TestOutcome>>)> done) = 0;
  [[nodiscard]] virtual std::vector<NotifyStatus> targets() const = 0;
};

}  // namespace telltale::core
