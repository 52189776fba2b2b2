#include "daemon/rules/book.h"

#include <algorithm>
#include <utility>

#include "daemon/core/derived_order.h"

namespace telltale::rules {

void Book::apply(const std::vector<core::DerivedSpec>& derived, core::PassPort& port) {
  if (!began_) began_ = port.boot_now();
  std::map<std::string, std::unique_ptr<Derivation>> before;
  for (auto& derivation : derivations_) before.emplace(derivation->name(), std::move(derivation));
  derivations_.clear();
  if (network_) network_->leave(port);
  network_.reset();
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
  before.clear();
  if (programs.empty()) return;
  network_ = std::make_unique<Network>(std::move(programs), *began_);
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
  network_->settle(port);
  tell_problems();
}

// Each once.
void Book::tell_problems() {
  for (const auto& derivation : derivations_) {
    std::string& told = told_[derivation->name()];
    if (derivation->problem.empty() || told == derivation->problem) continue;
    told = derivation->problem;
    log_.warning("derived series {}: {}", derivation->name(), told);
  }
}

std::vector<core::DerivedStatus> Book::derived() const {
  std::vector<core::DerivedStatus> all;
  for (const auto& derivation : derivations_) {
    all.push_back({derivation->spec(), derivation->instances.size(), derivation->problem});
  }
  return all;
}

}  // namespace telltale::rules
