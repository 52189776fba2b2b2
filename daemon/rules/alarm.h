// A rule: an alarm, or one for each set of labels. Owned by the book; pipeline's thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/rules/alarm_event.h"
#include "daemon/rules/alarm_machine.h"
#include "daemon/rules/formula.h"
#include "daemon/rules/network.h"

namespace telltale::rules {

// The input that alarms' events are shown under, and the name of their series.
inline constexpr std::string_view kAlarmsInput = "alarms";
inline constexpr std::string_view kAlarmSeries = "alarm";
// Key of the event series of an alarm.
[[nodiscard]] core::SeriesKey alarm_key(std::string_view rule, const core::Labels& labels);

// Of a rule: what it looks at.
[[nodiscard]] std::vector<core::SeriesReference> references_of(const core::RuleSpec& spec);

class Alarm final : public Program {
 public:
  // By the event series' key: how an alarm was before.
  using Kept = std::map<std::string, KeptAlarm>;
  using Report = std::function<void(const core::AlarmChange& change)>;
  // Least time without a reading that is called silence when the rule gives none.
  static constexpr core::Duration kLeastSilence = std::chrono::seconds(10);
  static constexpr int kMissed = 3;
  // A reading on the way to a newer one, this old: it came late, and is not what is so now.
  static constexpr core::Duration kOld = std::chrono::seconds(60);

  [[nodiscard]] static core::Result<std::unique_ptr<Alarm>> make(core::RuleSpec spec, const Kept& kept, Report report);
  void begin(Instance& instance, Network& network, core::PassPort& port) override;
  void compute(Instance& instance, Network& network, core::PassPort& port) override;
  // Time has passed.
  void tick(Network& network, core::PassPort& port);

  [[nodiscard]] const core::RuleSpec& spec() const { return spec_; }
  void set_parent(const Alarm* parent) { parent_ = parent; }
  // Whether an alarm fires whose labels are none that these contradict.
  [[nodiscard]] bool fires(const core::Labels& labels) const;
  void take_over(Alarm& before);
  [[nodiscard]] std::vector<core::AlarmStatus> status() const;
  // How many alarms it was about.
  std::uint64_t acknowledge(const core::Labels& labels, const std::string& who, const std::string& comment,
                            core::PassPort& port);
  std::uint64_t silence(const core::Labels& labels, std::optional<core::WallTime> until, const std::string& who,
                        const std::string& comment, core::PassPort& port);

 private:
  struct State final : InstanceState {
    AlarmMachine machine;
    core::AlarmStatus status;  // without its spec
    std::optional<core::WallTime> last_event;
    core::BootTime begun{};
    std::optional<double> held;  // of a stuck one: the value, since then
    core::BootTime held_since{};
    bool too_short = false;  // the history, to say what is usual
  };
  Alarm(core::RuleSpec spec, std::vector<core::SeriesReference> references, const Kept& kept, Report report);
  [[nodiscard]] static State& state_of(Instance& instance) { return static_cast<State&>(*instance.state); }
  void observe(Instance& instance, Network& network, core::PassPort& port);
  void look(Instance& instance, const Inputs& inputs, AlarmMachine::Sight& sight);
  void look_for_readings(const Instance& instance, core::PassPort& port, AlarmMachine::Sight& sight) const;
  void changed(Instance& instance, core::AlarmState before, core::PassPort& port, bool tell);
  void resume(const Instance& instance) const;
  [[nodiscard]] bool is_quiet(core::WallTime at) const;
  [[nodiscard]] core::AlarmStatus status_of(const Instance& instance) const;

  core::RuleSpec spec_;
  std::optional<Formula> when_;
  std::optional<Formula> clear_;
  bool has_windows_ = false;
  Kept kept_;
  Report report_;
  const Alarm* parent_ = nullptr;
  std::map<core::Labels, std::unique_ptr<InstanceState>> taken_over_;
};

}  // namespace telltale::rules
