// When a rule would have fired: the same alarms as live ones, over readings of the past, with a clock that goes on from
// reading to reading. The caller brings them in the order of time. Pure; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/rules/alarm.h"
#include "daemon/rules/network.h"
#include "daemon/rules/past_port.h"

namespace telltale::rules {

class Rehearsal {
 public:
  // `inputs`: every series that the rule looks at. `report`: of every change of state. `usual` outlives this.
  [[nodiscard]] static core::Result<std::unique_ptr<Rehearsal>> make(core::RuleSpec rule,
                                                                     const std::vector<core::SeriesPtr>& inputs,
                                                                     Alarm::Report report,
                                                                     UsualSource* usual = nullptr);
  // `lead`: they only fill windows.
  void feed(const std::vector<core::Reading>& readings, bool lead);
  // Asked now and then; once it says no, nothing more is done.
  void limit(std::function<bool()> may_go_on) { may_go_on_ = std::move(may_go_on); }
  // How far it came.
  [[nodiscard]] core::WallTime now() const { return port_.wall_now(); }
  // Nothing came until then.
  void go_on(core::WallTime until);
  [[nodiscard]] core::Duration lead() const;
  [[nodiscard]] const std::vector<core::SeriesReference>& references() const { return alarm_->references(); }

 private:
  static constexpr core::Duration kTick = std::chrono::seconds(1);
  static constexpr std::uint32_t kAskEvery = 4096;  // alarms looked at
  Rehearsal(std::unique_ptr<Alarm> alarm, const std::vector<core::SeriesPtr>& inputs, UsualSource* usual);

  std::unique_ptr<Alarm> alarm_;
  PastPort port_;
  std::unique_ptr<Network> network_;
  [[nodiscard]] bool may_go_on();

  std::function<bool()> may_go_on_;
  std::uint32_t asked_ = 0;
  bool ended_ = false;
  bool begun_ = false;
};

}  // namespace telltale::rules
