#include "daemon/app/trial_desk.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <set>
#include <utility>

#include "daemon/app/usual_hours.h"
#include "daemon/config/load.h"
#include "daemon/rules/firings.h"
#include "daemon/rules/rehearsal.h"

namespace telltale::app {

namespace {

constexpr core::Duration kFirstStep = std::chrono::hours(1);
constexpr core::Duration kLongestStep = std::chrono::days(30);
constexpr std::size_t kFewReadings = 20'000;  // of a step

// Every series of numbers that one of them chooses.
std::vector<core::SeriesPtr> series_of(const core::Catalog& catalog,
                                       const std::vector<core::SeriesReference>& references) {
  std::vector<core::SeriesPtr> all;
  std::set<core::SeriesId> seen;
  for (const core::SeriesReference& reference : references) {
    for (const core::SeriesPtr& series : catalog.match(reference.selector)) {
      if (series->declaration.kind != core::SeriesKind::kEvent && seen.insert(series->id).second) all.push_back(series);
    }
  }
  return all;
}

std::vector<core::Reading> in_order(const core::HistoryResult& result) {
  std::vector<core::Reading> readings;
  for (const core::HistorySeries& series : result.series) {
    if (series.values.empty()) continue;
    const auto& values = series.values.front();
    for (std::size_t i = 0; i < series.times.size() && i < values.size(); ++i) {
      if (!std::isfinite(values[i])) continue;
      core::Reading reading;
      reading.series = series.series->id;
      reading.time = series.times[i];
      reading.value = values[i];
      reading.by_source = true;
      readings.push_back(reading);
    }
  }
  std::stable_sort(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  return readings;
}

// Brings a rule its readings, piece by piece.
class Walk {
 public:
  Walk(core::HistoryReader& history, std::vector<core::SeriesPtr> series, rules::Rehearsal& rehearsal)
      : history_(history), rehearsal_(rehearsal) {
    query_.series = std::move(series);
    query_.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
    query_.max_readings = TrialDesk::kMostReadings;
  }

  // Of the oldest reading; nothing when there is none.
  [[nodiscard]] std::optional<core::WallTime> first() const {
    std::optional<core::WallTime> oldest;
    for (const core::SeriesPtr& series : query_.series) {
      const auto span = history_.span(series->id);
      if (span) oldest = oldest ? std::min(*oldest, span->first) : span->first;
    }
    return oldest;
  }

  // From `lead` on windows fill, from `from` on it is tried. Answers how far it came while `may_go_on`.
  template <class MayGoOn>
  core::Result<core::WallTime> go(core::WallTime lead, core::WallTime from, core::WallTime to, MayGoOn may_go_on) {
    core::Duration step = kFirstStep;
    core::WallTime at = lead;
    while (at < to && may_go_on()) {
      query_.from = at;
      query_.to = std::min(at + step, to);
      if (at < from) query_.to = std::min(query_.to, from);
      auto result = history_.query(query_);
      if (!result && result.error().code == core::ErrorCode::kLimit && query_.to - at > core::Duration(1)) {
        step = std::max(core::Duration(1), (query_.to - at) / 8);
        continue;
      }
      if (!result) return result.error();
      const auto readings = in_order(*result);
      if (readings.size() < kFewReadings) step = std::min(kLongestStep, step * 2);
      if (at >= from) count_ += readings.size();
      rehearsal_.feed(readings, at < from);
      if (at >= from) rehearsal_.go_on(query_.to);
      at = query_.to;
    }
    return may_go_on() ? at : std::min(at, std::max(rehearsal_.now(), from));
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  core::HistoryReader& history_;
  rules::Rehearsal& rehearsal_;
  core::HistoryQuery query_;
  std::uint64_t count_ = 0;
};

}  // namespace

core::Result<core::TrialOutcome> TrialDesk::look(const core::RuleTrial& trial) {
  core::TrialOutcome outcome;
  config::Outcome loaded = config::load({file_.empty() ? "telltale.yaml" : file_, trial.config},
                                        config::SecretSources::of_process(file_), plugins_);
  outcome.diagnostics = std::move(loaded.diagnostics);
  outcome.report = std::move(loaded.report);
  if (!loaded.config) return outcome;
  auto& rules = loaded.config->rules;
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [&](const core::RuleSpec& one) { return one.name == trial.rule; });
  if (rule == rules.end()) {
    return core::make_error(core::ErrorCode::kNotFound, "there is no such rule under 'rules'", trial.rule);
  }
  std::vector<core::SeriesPtr> series = series_of(catalog_, rules::references_of(*rule));
  const core::BootTime deadline = clock_.boot_now() + kPatience;
  const auto may_go_on = [&] {
    return clock_.boot_now() < deadline && (trial.cancel == nullptr || !trial.cancel->load());
  };
  rules::PastUsual usual(
      [&](const core::SeriesPtr& one, core::WallTime from, core::WallTime to) -> core::Result<rules::PastHours> {
        return may_go_on() ? hours_of(history_, one, from, to) : rules::PastHours();
      });
  rules::Firings firings(kMostFirings);
  auto rehearsal = rules::Rehearsal::make(
      std::move(*rule), series, [&firings](const core::AlarmChange& change) { firings.add(change); }, &usual);
  if (!rehearsal) return rehearsal.error();
  Walk walk(history_, std::move(series), **rehearsal);
  const auto oldest = walk.first();
  if (!oldest) {
    return core::make_error(core::ErrorCode::kNotFound, "there are no readings of what it looks at", trial.rule);
  }
  outcome.from = std::max(trial.from, *oldest);
  (*rehearsal)->limit(may_go_on);
  const auto reached = walk.go(outcome.from - (*rehearsal)->lead(), outcome.from, trial.to, may_go_on);
  if (!reached) return reached.error();
  if (usual.failure()) return *usual.failure();
  outcome.to = std::max(*reached, outcome.from);
  outcome.complete = *reached >= trial.to;
  outcome.readings = walk.count();
  outcome.fired = firings.count();
  outcome.firings.assign(firings.list().begin(), firings.list().end());
  return outcome;
}

core::Result<core::TrialOutcome> TrialDesk::run(const core::RuleTrial& trial) {
  if (busy_.exchange(true)) {
    return core::make_error(core::ErrorCode::kUnavailable, "another rule is being tried: try again in a moment");
  }
  try {
    auto outcome = look(trial);
    busy_ = false;
    return outcome;
  } catch (const std::exception& failure) {
    busy_ = false;
    return core::make_error(core::ErrorCode::kInternal, failure.what(), trial.rule);
  }
}

}  // namespace telltale::app
