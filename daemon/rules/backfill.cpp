#include "daemon/rules/backfill.h"

#include <algorithm>
#include <utility>

namespace telltale::rules {

Backfill::Backfill(std::unique_ptr<Derivation> derivation, const std::vector<core::SeriesPtr>& inputs, Take take,
                   UsualSource* usual)
    : derivation_(std::move(derivation)), port_(std::make_unique<PastPort>(inputs, std::move(take))) {
  port_->want(derivation_->references(), inputs);
  network_ = std::make_unique<Network>(std::vector<Program*>{derivation_.get()}, core::BootTime{}, usual);
  network_->refresh(*port_);
  network_->settle(*port_);
}

Backfill::~Backfill() = default;

core::Result<std::unique_ptr<Backfill>> Backfill::make(core::DerivedSpec spec,
                                                       const std::vector<core::SeriesPtr>& inputs, Take take,
                                                       UsualSource* usual) {
  auto derivation = Derivation::make(std::move(spec));
  if (!derivation) return derivation.error();
  return std::unique_ptr<Backfill>(new Backfill(std::move(*derivation), inputs, std::move(take), usual));
}

void Backfill::feed(const std::vector<core::Reading>& readings, bool lead) {
  for (const core::Reading& reading : readings) port_->add(reading);
  if (!lead) network_->take(*port_, readings);
}

core::Duration Backfill::lead() const {
  core::Duration longest{};
  for (const core::SeriesReference& reference : derivation_->references()) {
    if (reference.selector.window_stat()) longest = std::max(longest, reference.selector.window_stat()->window);
  }
  return longest;
}

}  // namespace telltale::rules
