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
#include "daemon/rules/derivation.h"
#include "daemon/rules/network.h"

namespace telltale::rules {

class Book final : public core::PassFollower {
 public:
  explicit Book(core::Logger log) : log_(std::move(log)) {}

  // Where meters go on after a start: the last value of each series, by its key. Before the first apply().
  void restore(std::map<std::string, double> last) { restored_ = std::move(last); }
  // Takes a configuration over: what is the same goes on, with what it remembers.
  void apply(const std::vector<core::DerivedSpec>& derived, core::PassPort& port);

  void on_pass(core::PassPort& port, std::span<const core::Reading> readings) override;
  void on_second(core::PassPort& port) override;
  [[nodiscard]] bool idle() const override { return derivations_.empty(); }

  [[nodiscard]] std::vector<core::DerivedStatus> derived() const;

 private:
  void tell_problems();

  core::Logger log_;
  std::vector<std::unique_ptr<Derivation>> derivations_;  // in the order in which they are computed
  std::unique_ptr<Network> network_;
  std::map<std::string, double> restored_;
  std::map<std::string, std::string> told_;  // problems, by program
  std::optional<core::BootTime> began_;
};

}  // namespace telltale::rules
