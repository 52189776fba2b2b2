// Derived series and rules, as the configuration has them: follows the readings of the pipeline. Made and owned by app;
// the pipeline's thread calls, but for the constructor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/derived_spec.h"
#include "daemon/core/interfaces/pass.h"
#include "daemon/core/interfaces/rules.h"
#include "daemon/core/log.h"
#include "daemon/rules/alarm.h"
#include "daemon/rules/derivation.h"
#include "daemon/rules/network.h"

namespace telltale::rules {

class Book final : public core::PassFollower {
 public:
  // `report`: of every change of an alarm; must not block.
  explicit Book(
      core::Logger log, Alarm::Report report = [](const core::AlarmChange&) {})
      : log_(std::move(log)), report_(std::move(report)) {}

  // Where meters go on after a start: the last value of each series, by its key; and how alarms were. Before the first
  // apply().
  void restore(std::map<std::string, double> last, Alarm::Kept alarms = {}) {
    restored_ = std::move(last);
    kept_ = std::move(alarms);
  }
  // What is usual; outlives the last call. Before the first apply().
  void set_usual(UsualSource* usual) { usual_ = usual; }
  // Takes a configuration over: what is the same goes on, with what it remembers.
  void apply(const std::vector<core::DerivedSpec>& derived, const std::vector<core::RuleSpec>& rules,
             core::PassPort& port);

  void on_pass(core::PassPort& port, std::span<const core::Reading> readings) override;
  void on_second(core::PassPort& port) override;
  [[nodiscard]] bool idle() const override { return network_ == nullptr; }

  [[nodiscard]] std::vector<core::DerivedStatus> derived() const;
  [[nodiscard]] std::vector<core::AlarmStatus> alarms() const;
  // Or nullptr.
  [[nodiscard]] Alarm* find(std::string_view rule) const;

 private:
  void tell_problems();
  void tell(const Program& program, std::string_view what);
  std::vector<Program*> make_derivations(const std::vector<core::DerivedSpec>& derived);
  std::vector<Program*> make_alarms(const std::vector<core::RuleSpec>& rules);

  core::Logger log_;
  std::vector<std::unique_ptr<Derivation>> derivations_;  // in the order in which they are computed
  std::vector<std::unique_ptr<Alarm>> alarms_;            // as the configuration has them
  std::unique_ptr<Network> network_;
  UsualSource* usual_ = nullptr;
  Alarm::Report report_;
  Alarm::Kept kept_;
  std::map<std::string, double> restored_;
  std::map<std::string, std::string> told_;  // problems, by program
  std::optional<core::BootTime> began_;
};

}  // namespace telltale::rules
