// When a rule would have fired: the same alarms as live ones, over readings of the past, with a clock that goes on from
// reading to reading. The caller brings them in the order of time. Pure; one thread.
#pragma once

#include <memory>
#include <vector>

#include "daemon/rules/alarm.h"
#include "daemon/rules/network.h"
#include "daemon/rules/past_port.h"

namespace telltale::rules {

class Rehearsal {
 public:
  // `inputs`: every series that the rule looks at. `report`: of every change of state.
  [[nodiscard]] static core::Result<std::unique_ptr<Rehearsal>> make(core::RuleSpec rule,
                                                                     const std::vector<core::SeriesPtr>& inputs,
                                                                     Alarm::Report report);
  // `lead`: they only fill windows.
  void feed(const std::vector<core::Reading>& readings, bool lead);
  // Nothing came until then.
  void go_on(core::WallTime until);
  [[nodiscard]] core::Duration lead() const;
  [[nodiscard]] const std::vector<core::SeriesReference>& references() const { return alarm_->references(); }

 private:
  static constexpr core::Duration kTick = std::chrono::seconds(1);
  Rehearsal(std::unique_ptr<Alarm> alarm, const std::vector<core::SeriesPtr>& inputs);

  std::unique_ptr<Alarm> alarm_;
  PastPort port_;
  std::unique_ptr<Network> network_;
  bool begun_ = false;
};

}  // namespace telltale::rules
