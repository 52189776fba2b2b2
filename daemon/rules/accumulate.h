// The functions of expressions that go on from their own result: energy, running hours, cost, totals and differences.
// Pure; the owner keeps the memory.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/core/clock.h"
#include "daemon/core/counter.h"
#include "daemon/core/derived_spec.h"

namespace telltale::rules {

struct Memory {
  double total = 0;
  std::optional<double> value;  // of the argument, at `time`
  core::WallTime time{};
};

class Accumulator {
 public:
  enum class Kind : std::uint8_t { kEnergy, kRunningHours, kCost, kTotal, kDifference };
  static constexpr core::Duration kLongestGap = std::chrono::minutes(5);

  [[nodiscard]] static std::optional<Accumulator> of(std::string_view function);
  void set_gap(core::Duration gap) { gap_ = gap; }
  void set_tariff(const core::DerivedSpec& spec) { spec_ = &spec; }
  [[nodiscard]] Kind kind() const { return kind_; }

  // The result after the argument had that value at that time; nothing: there is none yet. A time that does not go on
  // changes nothing.
  [[nodiscard]] std::optional<double> step(Memory& memory, core::WallTime time, double value) const;

 private:
  explicit Accumulator(Kind kind) : kind_(kind) {}
  [[nodiscard]] double price(core::WallTime time) const;

  Kind kind_;
  core::Duration gap_ = kLongestGap;
  const core::DerivedSpec* spec_ = nullptr;
};

}  // namespace telltale::rules
