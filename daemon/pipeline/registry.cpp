#include "daemon/pipeline/registry.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <fmt/format.h>

namespace telltale::pipeline {

namespace {

bool id_before(const core::SeriesPtr& series, core::SeriesId id) { return series->id < id; }

// Names of a state that were given before stay, so that old history keeps its meaning.
core::SeriesDeclaration with_known_states(core::SeriesDeclaration declaration, const core::SeriesDeclaration& known) {
  if (declaration.kind != core::SeriesKind::kState) return declaration;
  for (const auto& state : known.states) {
    const bool replaced = std::any_of(declaration.states.begin(), declaration.states.end(), [&](const auto& other) {
      return other.first == state.first || other.second == state.second;
    });
    if (!replaced && declaration.states.size() < core::kMaxStates) declaration.states.push_back(state);
  }
  std::sort(declaration.states.begin(), declaration.states.end());
  return declaration;
}

// What is posted to a series of an input may name states; the rest is the input's to say, but for a unit it has not.
core::SeriesDeclaration adopt(core::SeriesDeclaration posted, const core::SeriesDeclaration& known) {
  core::SeriesDeclaration out = known;
  if (known.kind == core::SeriesKind::kState && posted.kind == known.kind) out.states = std::move(posted.states);
  if (out.unit.empty()) out.unit = std::move(posted.unit);
  return out;
}

}  // namespace

Registry::Registry(const std::vector<core::SeriesPtr>& known, std::vector<CounterSetting> counters)
    : counters_(std::move(counters)), by_id_(known) {
  for (core::SeriesPtr& series : by_id_) {
    const core::CounterRule rule = rule_of(series->declaration.key);
    if (rule == series->counter) continue;
    auto with_rule = std::make_shared<core::SeriesInfo>(*series);
    with_rule->counter = rule;
    series = std::move(with_rule);
  }
  std::sort(by_id_.begin(), by_id_.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  for (const core::SeriesPtr& series : by_id_) by_key_.emplace(series->key_text, series);
}

core::CounterRule Registry::rule_of(const core::SeriesKey& key) const {
  const auto found = std::find_if(counters_.begin(), counters_.end(),
                                  [&key](const CounterSetting& setting) { return setting.series.matches(key); });
  return found == counters_.end() ? core::CounterRule{} : found->rule;
}

void Registry::reserve(std::string_view input, std::set<std::string, std::less<>> names) {
  owner_ = input;
  reserved_ = std::move(names);
}

bool Registry::may_have(std::string_view input, std::string_view name) const {
  return input == owner_ || input == kPosted || !reserved_.contains(name);
}

core::Result<Registry::Declared> Registry::declare(std::string_view input, const core::SeriesDeclaration& declaration) {
  if (!may_have(input, declaration.key.name)) {
    return core::make_error(
        core::ErrorCode::kConflict,
        fmt::format("is the name of a {} series of the configuration, so input '{}' cannot have it: "
                    "rename one of the two",
                    owner_, input),
        declaration.key.name);
  }
  std::string key = declaration.key.text();
  // Only this thread writes, so looking without the lock is safe.
  const auto found = by_key_.find(key);
  if (found != by_key_.end() && found->second->input == input && found->second->declaration == declaration) {
    return Declared{found->second, false};
  }
  core::SeriesDeclaration wanted = declaration;
  if (found != by_key_.end()) {
    wanted = with_known_states(std::move(wanted), found->second->declaration);
    if (input == kPosted && found->second->input != kPosted) {
      // Whoever posts adds readings, such as its past, to the series of an input: it stays that input's, as it is.
      input = found->second->input;
      wanted = adopt(std::move(wanted), found->second->declaration);
    }
    if (input == kPosted && wanted.unit.empty()) wanted.unit = found->second->declaration.unit;
    if (found->second->input == input && found->second->declaration == wanted) return Declared{found->second, false};
  }
  if (found == by_key_.end() && by_id_.size() >= kMaxSeries) {
    return core::make_error(core::ErrorCode::kLimit,
                            fmt::format("this device has {} series, the most it keeps", kMaxSeries), key);
  }
  auto info = std::make_shared<core::SeriesInfo>();
  const std::uint32_t next = by_id_.empty() ? 1 : by_id_.back()->id.value + 1;
  info->id = found != by_key_.end() ? found->second->id : core::SeriesId{next};
  info->key_text = key;
  info->input = input;
  info->counter = rule_of(wanted.key);
  info->declaration = std::move(wanted);
  core::SeriesPtr series = std::move(info);
  {
    const std::unique_lock lock(mutex_);
    const auto place = std::lower_bound(by_id_.begin(), by_id_.end(), series->id, id_before);
    if (found != by_key_.end()) {
      *place = series;
    } else {
      by_id_.insert(place, series);
    }
    by_key_[std::move(key)] = series;
  }
  generation_.fetch_add(1, std::memory_order_release);
  return Declared{series, true};
}

std::vector<core::SeriesPtr> Registry::match(const core::Selector& selector) const {
  std::vector<core::SeriesPtr> matched;
  const std::shared_lock lock(mutex_);
  std::copy_if(by_id_.begin(), by_id_.end(), std::back_inserter(matched),
               [&](const core::SeriesPtr& series) { return selector.matches(series->declaration.key); });
  return matched;
}

core::SeriesPtr Registry::find(core::SeriesId id) const {
  const std::shared_lock lock(mutex_);
  const auto place = std::lower_bound(by_id_.begin(), by_id_.end(), id, id_before);
  return place != by_id_.end() && (*place)->id == id ? *place : nullptr;
}

std::size_t Registry::size() const {
  const std::shared_lock lock(mutex_);
  return by_id_.size();
}

}  // namespace telltale::pipeline
