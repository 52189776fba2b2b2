// A derived series, or one for each set of labels: computed for every change of what it looks at.
// Owned by the book; pipeline's thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "daemon/core/derived_spec.h"
#include "daemon/rules/accumulate.h"
#include "daemon/rules/formula.h"
#include "daemon/rules/network.h"

namespace telltale::rules {

// The input that derived series are shown under.
inline constexpr std::string_view kDerivedInput = "derived";

class Derivation final : public Program {
 public:
  // By key of the series: where what remembers goes on.
  using Kept = std::map<std::string, Memory>;

  [[nodiscard]] static core::Result<std::unique_ptr<Derivation>> make(core::DerivedSpec spec);
  void begin(Instance& instance, Network& network, core::PassPort& port) override;
  void compute(Instance& instance, Network& network, core::PassPort& port) override;

  // Marks what could not be computed yet, for want of what is being looked up.
  void remind(Network& network);
  [[nodiscard]] const core::DerivedSpec& spec() const { return spec_; }
  [[nodiscard]] bool remembers() const { return accumulator_.has_value(); }
  // Before its first instance. What is not kept goes on from the newest reading, else from the history's last value.
  void set_kept(Kept kept) { kept_ = std::move(kept); }
  void set_restored(const std::map<std::string, double>& restored) { restored_ = &restored; }
  [[nodiscard]] Kept take_kept() const;

 private:
  struct State final : InstanceState {
    core::SeriesPtr series;
    Memory memory;
    std::optional<core::WallTime> last;  // of its newest reading
    bool wrong_units = false;
    std::optional<std::pair<core::WallTime, bool>> owed;  // what has changed, as of Inputs, and was not computed yet
  };
  Derivation(core::DerivedSpec spec, Formula formula);
  [[nodiscard]] Memory memory_of(const core::SeriesInfo& series, core::PassPort& port) const;
  [[nodiscard]] bool check_units(const Instance& instance);

  core::DerivedSpec spec_;
  Formula formula_;
  std::optional<Accumulator> accumulator_;
  bool owes_ = false;  // of some instance
  Kept kept_;
  const std::map<std::string, double>* restored_ = nullptr;
};

}  // namespace telltale::rules
