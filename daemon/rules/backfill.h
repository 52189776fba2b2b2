// The history of a derived series that is new: the same network as of live readings, over readings of the past. The
// caller brings them and keeps what comes out. Pure; one thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "daemon/rules/derivation.h"
#include "daemon/rules/network.h"
#include "daemon/rules/past_port.h"

namespace telltale::rules {

class Backfill {
 public:
  // What was computed: the series (its unit and kind too) and a reading.
  using Take = std::function<void(const core::SeriesInfo& series, const core::Reading& reading)>;

  // `inputs`: every series that the expression looks at; what it makes has other ids. `usual` outlives this.
  [[nodiscard]] static core::Result<std::unique_ptr<Backfill>> make(core::DerivedSpec spec,
                                                                    const std::vector<core::SeriesPtr>& inputs,
                                                                    Take take, UsualSource* usual = nullptr);
  Backfill(const Backfill&) = delete;
  Backfill& operator=(const Backfill&) = delete;
  ~Backfill();

  // Readings of the inputs, in the order of time, none earlier than those before. `lead`: they only fill windows.
  void feed(const std::vector<core::Reading>& readings, bool lead);
  // How much earlier than the first result readings are wanted, for its windows.
  [[nodiscard]] core::Duration lead() const;
  // Why it is not computed; empty: it is.
  [[nodiscard]] const std::string& problem() const { return derivation_->problem; }

 private:
  Backfill(std::unique_ptr<Derivation> derivation, const std::vector<core::SeriesPtr>& inputs, Take take,
           UsualSource* usual);

  std::unique_ptr<Derivation> derivation_;
  std::unique_ptr<PastPort> port_;
  std::unique_ptr<Network> network_;
};

}  // namespace telltale::rules
