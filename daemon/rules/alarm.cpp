#include "daemon/rules/alarm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace telltale::rules {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Whether no label of the one contradicts the other.
bool agree(const core::Labels& one, const core::Labels& other) {
  return std::all_of(one.begin(), one.end(), [&](const auto& label) {
    return std::all_of(other.begin(), other.end(), [&](const auto& theirs) {
      return theirs.first != label.first || theirs.second == label.second;
    });
  });
}

bool has_all(const core::Labels& labels, const core::Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); });
}

// What is worth telling somebody, besides keeping it.
bool is_news(core::AlarmState state, core::AlarmState before) {
  using core::AlarmState;
  if (state == AlarmState::kFiring) return true;
  const bool fired = before == AlarmState::kFiring || before == AlarmState::kAcknowledged;
  return fired && (state == AlarmState::kCleared || state == AlarmState::kInactive);
}

}  // namespace

std::vector<core::SeriesReference> references_of(const core::RuleSpec& spec) {
  std::vector<core::SeriesReference> all;
  if (spec.kind == core::RuleSpec::Kind::kWhen) {
    all = spec.when->references;
    if (spec.clear) all.insert(all.end(), spec.clear->references.begin(), spec.clear->references.end());
    return all;
  }
  core::SeriesReference reference;
  reference.selector = *spec.series;
  // Of one name: by its labels, as in an expression.
  reference.each = spec.series->text().find_first_of("*?{") != std::string::npos;
  all.push_back(std::move(reference));
  return all;
}

core::SeriesKey alarm_key(std::string_view rule, const core::Labels& labels) {
  core::Labels all{{"rule", std::string(rule)}};
  for (const auto& label : labels) {
    if (label.first != "rule" && all.size() < core::kMaxLabels) all.push_back(label);
  }
  std::sort(all.begin(), all.end());
  return {std::string(kAlarmSeries), std::move(all)};
}

Alarm::Alarm(core::RuleSpec spec, std::vector<core::SeriesReference> references, const Kept& kept, Report report)
    : Program(spec.name, std::move(references)), spec_(std::move(spec)), kept_(kept), report_(std::move(report)) {
  set_zone(spec_.zone, spec_.time_zone);
  has_windows_ = std::any_of(this->references().begin(), this->references().end(),
                             [](const auto& reference) { return reference.selector.window_stat().has_value(); });
}

core::Result<std::unique_ptr<Alarm>> Alarm::make(core::RuleSpec spec, const Kept& kept, Report report) {
  auto references = references_of(spec);
  std::optional<Formula> when;
  std::optional<Formula> clear;
  if (spec.kind == core::RuleSpec::Kind::kWhen) {
    auto made = Formula::compile(spec.when->root);
    if (!made) return made.error().in(spec.name);
    when = std::move(*made);
  }
  if (spec.clear) {
    auto made = Formula::compile(spec.clear->root, spec.when->references.size());
    if (!made) return made.error().in(spec.name);
    clear = std::move(*made);
  }
  std::unique_ptr<Alarm> alarm(new Alarm(std::move(spec), std::move(references), kept, std::move(report)));
  alarm->when_ = std::move(when);
  alarm->clear_ = std::move(clear);
  return alarm;
}

void Alarm::take_over(Alarm& before) {
  for (auto& [labels, instance] : before.instances) taken_over_[labels] = std::move(instance->state);
}

void Alarm::begin(Instance& instance, Network&, core::PassPort& port) {
  if (auto before = taken_over_.extract(instance.labels)) {
    instance.state = std::move(before.mapped());
    resume(instance);
    return;
  }
  auto state = std::make_unique<State>();
  state->begun = port.boot_now();
  state->status.value = kNone;
  state->status.since = port.wall_now();
  const auto kept = kept_.find(alarm_key(spec_.name, instance.labels).text());
  if (kept != kept_.end()) {
    state->machine.restore(kept->second.state);
    state->status.since = kept->second.since;
    state->status.value = kept->second.value;
    state->status.by = kept->second.by;
    state->status.comment = kept->second.comment;
    state->status.silenced = kept->second.silenced;
  }
  instance.state = std::move(state);
  resume(instance);
}

// Who is told goes on where it was: with who is still to be told, and who is told again.
void Alarm::resume(const Instance& instance) const {
  core::AlarmChange change{status_of(instance), core::AlarmState::kFiring, false, true};
  const core::AlarmState state = change.alarm.state;
  if (state != core::AlarmState::kFiring && state != core::AlarmState::kCleared) return;
  change.tell = !change.alarm.silenced && !is_quiet(change.alarm.since);
  report_(change);
}

bool Alarm::is_quiet(core::WallTime at) const {
  return !spec_.quiet.empty() && core::covers_or_none(spec_.quiet, spec_.time_zone.to_local(at));
}

void Alarm::compute(Instance& instance, Network& network, core::PassPort& port) {
  // Of many readings that came together, those on the way to the newest are looked at too; not when they are old.
  if (!network.settling() && spec_.kind == core::RuleSpec::Kind::kWhen) {
    const Inputs inputs = network.inputs_of(instance, port);
    if (port.wall_now() - inputs.changed > kOld) return;
  }
  observe(instance, network, port);
}

void Alarm::tick(Network& network, core::PassPort& port) {
  for (const auto& [labels, instance] : instances) observe(*instance, network, port);
}

void Alarm::observe(Instance& instance, Network& network, core::PassPort& port) {
  AlarmMachine::Sight sight;
  if (spec_.kind != core::RuleSpec::Kind::kWhen) {
    look_for_readings(instance, port, sight);
  } else if (!has_windows_ || port.windows_ready()) {
    look(instance, network.inputs_of(instance, port, has_windows_ ? port.wall_now() : core::WallTime{}), sight);
  }
  sight.watched = spec_.active.empty() || core::covers_or_none(spec_.active, spec_.time_zone.to_local(port.wall_now()));
  sight.parent_fires = parent_ != nullptr && parent_->fires(instance.labels);
  State& state = state_of(instance);
  if (!state.machine.step(spec_, sight, port.boot_now())) return;
  changed(instance, state.machine.before(), port, is_news(state.machine.state(), state.machine.before()));
}

// What is absent or old says nothing.
void Alarm::look(Instance& instance, const Inputs& inputs, AlarmMachine::Sight& sight) {
  if (!inputs.complete || inputs.quality == core::Quality::kStale) return;
  const double raised = when_->compute(inputs.values);
  state_of(instance).too_short = inputs.too_short && !std::isfinite(raised);
  if (!std::isfinite(raised)) return;
  state_of(instance).status.value = inputs.values.front();
  sight.raised = raised != 0;
  sight.ended = raised == 0;
  if (!clear_) return;
  const double ended = clear_->compute(inputs.values);
  sight.ended = std::isfinite(ended) && ended != 0;
}

void Alarm::look_for_readings(const Instance& instance, core::PassPort& port, AlarmMachine::Sight& sight) const {
  State& state = static_cast<State&>(*instance.state);
  const auto& cells = instance.slots.front();
  const auto newest = cells.empty() ? std::nullopt : port.newest(cells.front()->series->id);
  const core::BootTime now = port.boot_now();
  if (spec_.kind == core::RuleSpec::Kind::kSilent) {
    core::Duration limit = spec_.limit;
    if (limit == core::Duration{}) {
      if (!newest || newest->interval == core::Duration{}) return;  // its rhythm is not known
      limit = std::max(kMissed * newest->interval, kLeastSilence);
    }
    const core::Duration silent = now - (newest ? std::max(newest->arrived, state.begun) : state.begun);
    state.status.value = std::chrono::duration<double>(silent).count();
    sight.raised = silent > limit;
    sight.ended = !*sight.raised;
    return;
  }
  if (!newest || newest->reading.quality == core::Quality::kStale || !std::isfinite(newest->reading.value)) return;
  if (!state.held || *state.held != newest->reading.value) {
    state.held = newest->reading.value;
    state.held_since = now;
  }
  state.status.value = newest->reading.value;
  sight.raised = now - state.held_since >= spec_.limit;
  sight.ended = !*sight.raised;
}

void Alarm::changed(Instance& instance, core::AlarmState before, core::PassPort& port, bool tell) {
  State& state = state_of(instance);
  core::AlarmStatus& status = state.status;
  const core::WallTime now = port.wall_now();
  const core::AlarmState is = state.machine.state();
  if (is != before) {
    status.since = now;
    if (is != core::AlarmState::kAcknowledged && before != is && is != core::AlarmState::kInactive) {
      status.by.clear();
      status.comment.clear();
    }
  }
  if (status.silenced && *status.silenced <= now) status.silenced.reset();
  core::AlarmChange change{status_of(instance), before, tell};
  core::SeriesDeclaration declaration;
  declaration.key = alarm_key(spec_.name, instance.labels);
  declaration.kind = core::SeriesKind::kEvent;
  if (const core::SeriesPtr series = port.declare(kAlarmsInput, declaration)) {
    core::Reading reading;
    reading.series = series->id;
    reading.value = kNone;
    reading.time = state.last_event && *state.last_event >= now ? *state.last_event + core::Duration(1) : now;
    state.last_event = reading.time;
    port.put(reading, event_text(change.alarm, before));
  }
  change.tell = tell && !is_quiet(now) && !status.silenced;
  report_(change);
}

bool Alarm::fires(const core::Labels& labels) const {
  return std::any_of(instances.begin(), instances.end(), [&](const auto& one) {
    const auto* const state = static_cast<const State*>(one.second->state.get());
    return state != nullptr && state->machine.fires() && agree(one.first, labels);
  });
}

core::AlarmStatus Alarm::status_of(const Instance& instance) const {
  const auto& state = static_cast<const State&>(*instance.state);
  core::AlarmStatus status = state.status;
  status.spec = spec_;
  status.labels = instance.labels;
  status.state = state.machine.state();
  status.flapping = state.machine.flapping();
  status.problem = problem;
  if (problem.empty() && state.too_short) {
    status.problem = "unusual(): too few of the past weeks have readings of this hour";
  }
  return status;
}

std::vector<core::AlarmStatus> Alarm::status() const {
  std::vector<core::AlarmStatus> all;
  for (const auto& [labels, instance] : instances) {
    if (instance->state) all.push_back(status_of(*instance));
  }
  if (!all.empty()) return all;
  core::AlarmStatus none;
  none.spec = spec_;
  none.value = kNone;
  none.state = core::AlarmState::kNoData;
  none.problem = problem.empty() ? "there is no series yet that it looks at" : problem;
  all.push_back(std::move(none));
  return all;
}

std::uint64_t Alarm::acknowledge(const core::Labels& labels, const std::string& who, const std::string& comment,
                                 core::PassPort& port) {
  std::uint64_t count = 0;
  for (const auto& [own, instance] : instances) {
    State& state = state_of(*instance);
    if (!has_all(own, labels) || !state.machine.acknowledge()) continue;
    state.status.by = who;
    state.status.comment = comment;
    ++count;
    changed(*instance, state.machine.before(), port, false);
  }
  return count;
}

std::uint64_t Alarm::silence(const core::Labels& labels, std::optional<core::WallTime> until, const std::string& who,
                             const std::string& comment, core::PassPort& port) {
  std::uint64_t count = 0;
  for (const auto& [own, instance] : instances) {
    if (!has_all(own, labels)) continue;
    State& state = state_of(*instance);
    state.status.silenced = until;
    state.status.by = who;
    state.status.comment = comment;
    ++count;
    changed(*instance, state.machine.state(), port, false);
  }
  return count;
}

}  // namespace telltale::rules
