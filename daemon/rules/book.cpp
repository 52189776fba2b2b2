#include "daemon/rules/book.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "daemon/core/derived_order.h"

namespace telltale::rules {

std::vector<Program*> Book::make_derivations(const std::vector<core::DerivedSpec>& derived) {
  std::map<std::string, std::unique_ptr<Derivation>> before;
  for (auto& derivation : derivations_) before.emplace(derivation->name(), std::move(derivation));
  derivations_.clear();
  std::vector<Program*> programs;
  for (const std::size_t index : core::order_of(derived)) {
    auto made = Derivation::make(derived[index]);
    if (!made) {
      log_.error("{}", made.error().text());
      continue;
    }
    const auto old = before.find(derived[index].name);
    (*made)->set_restored(restored_);
    if (old != before.end() && old->second->spec().same(derived[index])) (*made)->set_kept(old->second->take_kept());
    derivations_.push_back(std::move(*made));
    programs.push_back(derivations_.back().get());
  }
  return programs;
}

std::vector<Program*> Book::make_alarms(const std::vector<core::RuleSpec>& rules) {
  std::map<std::string, std::unique_ptr<Alarm>> before;
  for (auto& alarm : alarms_) {
    // Of a rule that comes back later, how it was is in its events: here it would be old.
    for (const core::AlarmStatus& status : alarm->status()) kept_.erase(alarm_key(alarm->name(), status.labels).text());
    before.emplace(alarm->name(), std::move(alarm));
  }
  alarms_.clear();
  std::vector<Program*> programs;
  for (const core::RuleSpec& rule : rules) {
    auto made = Alarm::make(rule, kept_, report_);
    if (!made) {
      log_.error("{}", made.error().text());
      continue;
    }
    const auto old = before.find(rule.name);
    if (old != before.end()) (*made)->take_over(*old->second);
    alarms_.push_back(std::move(*made));
    programs.push_back(alarms_.back().get());
  }
  for (const auto& alarm : alarms_) alarm->set_parent(find(alarm->spec().parent));
  return programs;
}

void Book::apply(const std::vector<core::DerivedSpec>& derived, const std::vector<core::RuleSpec>& rules,
                 core::PassPort& port) {
  if (!began_) began_ = port.boot_now();
  if (network_) network_->leave(port);
  network_.reset();
  std::set<std::string, std::less<>> names;
  for (const core::DerivedSpec& one : derived) names.insert(one.name);
  port.reserve(kDerivedInput, names);
  std::vector<Program*> programs = make_derivations(derived);
  const std::vector<Program*> alarms = make_alarms(rules);
  programs.insert(programs.end(), alarms.begin(), alarms.end());
  if (programs.empty()) return;
  network_ = std::make_unique<Network>(std::move(programs), *began_, usual_);
  network_->refresh(port);
  network_->settle(port);
  tell_problems();
}

void Book::on_pass(core::PassPort& port, std::span<const core::Reading> readings) {
  if (network_) network_->take(port, readings);
}

void Book::on_second(core::PassPort& port) {
  if (!network_) return;
  network_->refresh(port);
  for (const auto& derivation : derivations_) derivation->remind(*network_);
  network_->settle(port);
  for (const auto& alarm : alarms_) alarm->tick(*network_, port);
  tell_problems();
}

void Book::tell_problems() {
  for (const auto& derivation : derivations_) tell(*derivation, "derived series");
  for (const auto& alarm : alarms_) tell(*alarm, "rule");
}

// Each once.
void Book::tell(const Program& program, std::string_view what) {
  if (program.problem.empty()) return;
  std::string& told = told_[fmt::format("{} {}", what, program.name())];
  if (told == program.problem) return;
  told = program.problem;
  log_.warning("{} {}: {}", what, program.name(), told);
}

Alarm* Book::find(std::string_view rule) const {
  const auto found =
      std::find_if(alarms_.begin(), alarms_.end(), [rule](const auto& alarm) { return alarm->name() == rule; });
  return found == alarms_.end() ? nullptr : found->get();
}

std::vector<core::AlarmStatus> Book::alarms() const {
  std::vector<core::AlarmStatus> all;
  for (const auto& alarm : alarms_) {
    auto some = alarm->status();
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return all;
}

std::vector<core::DerivedStatus> Book::derived() const {
  std::vector<core::DerivedStatus> all;
  for (const auto& derivation : derivations_) {
    all.push_back({derivation->spec(), derivation->instances.size(), derivation->problem});
  }
  return all;
}

}  // namespace telltale::rules
