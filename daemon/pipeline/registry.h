// The series of this device: their numbers, given once and kept for ever.
//
// Written by the pipeline's thread, read from any thread. What was published is never changed: a new unit or hint
// makes a new SeriesInfo of the same id.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/series.h"

namespace telltale::pipeline {

// Of the series that a selector chooses.
struct CounterSetting {
  core::Selector series;
  core::CounterRule rule;
};

class Registry final : public core::Catalog {
 public:
  // How many series a device may have.
  static constexpr std::size_t kMaxSeries = 100'000;

  // `known`: what the store remembers. `counters`: the first that chooses a series holds.
  explicit Registry(const std::vector<core::SeriesPtr>& known, std::vector<CounterSetting> counters = {});

  // The input of what nobody but a post brings.
  static constexpr std::string_view kPosted = "write";

  struct Declared {
    core::SeriesPtr series;
    bool changed = false;  // new, or something of it is
  };
  // Series of these names are that input's alone; a post may bring their past. Replaces what was reserved.
  void reserve(std::string_view input, std::set<std::string, std::less<>> names);
  [[nodiscard]] bool may_have(std::string_view input, std::string_view name) const;
  // Finds or makes the series; takes over unit, kind, states and hint where they differ. A post changes no series of an
  // input but for states and a unit that are new. ErrorCode::kLimit; kConflict: the name is reserved.
  [[nodiscard]] core::Result<Declared> declare(std::string_view input, const core::SeriesDeclaration& declaration);

  [[nodiscard]] std::uint64_t generation() const override { return generation_.load(std::memory_order_acquire); }
  [[nodiscard]] std::vector<core::SeriesPtr> match(const core::Selector& selector) const override;
  [[nodiscard]] core::SeriesPtr find(core::SeriesId id) const override;
  [[nodiscard]] std::size_t size() const;

 private:
  [[nodiscard]] core::CounterRule rule_of(const core::SeriesKey& key) const;

  const std::vector<CounterSetting> counters_;
  std::string owner_;  // of the reserved names; the pipeline's thread alone, as those are
  std::set<std::string, std::less<>> reserved_;
  mutable std::shared_mutex mutex_;
  std::vector<core::SeriesPtr> by_id_;                       // sorted by id; guarded by mutex_
  std::unordered_map<std::string, core::SeriesPtr> by_key_;  // guarded by mutex_
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace telltale::pipeline
