#include "daemon/app/rule_desk.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "daemon/rules/alarm_event.h"

namespace telltale::app {

namespace {

constexpr std::uint64_t kMostAtOnce = 16;  // readings of one instant

// The last reading of a series: its value, or its text. Nothing when there is none.
std::optional<core::HistorySeries> last_reading(core::HistoryReader& history, const core::SeriesPtr& series) {
  const auto span = history.span(series->id);
  if (!span) return std::nullopt;
  core::HistoryQuery query;
  query.series = {series};
  query.from = span->last;
  query.to = span->last + core::Duration(1);
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  query.max_readings = kMostAtOnce;
  auto result = history.query(query);
  if (!result || result->series.empty() || result->series[0].times.empty()) return std::nullopt;
  return std::move(result->series[0]);
}

std::map<std::string, double> last_values(core::HistoryReader& history, const std::vector<core::SeriesPtr>& known,
                                          const std::vector<core::DerivedSpec>& derived) {
  std::set<std::string> remembering;
  for (const core::DerivedSpec& spec : derived) {
    if (core::remembers(*spec.expression)) remembering.insert(spec.name);
  }
  std::map<std::string, double> values;
  if (remembering.empty()) return values;
  for (const core::SeriesPtr& series : known) {
    if (series->input != rules::kDerivedInput || !remembering.contains(series->declaration.key.name)) continue;
    const auto last = last_reading(history, series);
    if (last && !last->values.empty()) values.emplace(series->key_text, last->values[0].back());
  }
  return values;
}

rules::Alarm::Kept last_alarms(core::HistoryReader& history, const std::vector<core::SeriesPtr>& known,
                               const std::vector<core::RuleSpec>& configured) {
  std::set<std::string> names;
  for (const core::RuleSpec& rule : configured) names.insert(rule.name);
  rules::Alarm::Kept kept;
  for (const core::SeriesPtr& series : known) {
    if (series->input != rules::kAlarmsInput || series->declaration.kind != core::SeriesKind::kEvent) continue;
    const core::Labels& labels = series->declaration.key.labels;
    const bool configured_still = std::any_of(labels.begin(), labels.end(), [&](const auto& label) {
      return label.first == "rule" && names.contains(label.second);
    });
    if (!configured_still) continue;
    const auto last = last_reading(history, series);
    if (!last || last->texts.empty()) continue;
    if (auto alarm = rules::read_event(last->texts.back())) kept.emplace(series->key_text, std::move(*alarm));
  }
  return kept;
}

bool looks_back(const config::Config& config) {
  const auto looks = [](const core::ExpressionPtr& expression) { return expression && core::looks_back(*expression); };
  return std::any_of(config.derived.begin(), config.derived.end(),
                     [&](const auto& one) { return looks(one.expression); }) ||
         std::any_of(config.rules.begin(), config.rules.end(),
                     [&](const auto& one) { return looks(one.when) || looks(one.clear); });
}

core::Error no_rule(const std::string& name) {
  return core::make_error(core::ErrorCode::kNotFound, "there is no such rule", name);
}

}  // namespace

RuleDesk::RuleDesk(pipeline::Pipeline& pipeline, core::HistoryReader& history,
                   const std::vector<core::SeriesPtr>& known, const config::Config& config,
                   std::unique_ptr<notify::Notifier> notifier, core::Logger log)
    : pipeline_(pipeline),
      notifier_(std::move(notifier)),
      usual_(history),
      book_(std::make_shared<rules::Book>(
          std::move(log), [notifier = notifier_](const core::AlarmChange& change) { notifier->tell(change); })) {
  book_->restore(last_values(history, known, config.derived), last_alarms(history, known, config.rules));
  book_->set_usual(&usual_);
  pipeline_.set_follower(*book_);
  if (config.derived.empty() && config.rules.empty()) {
    notifier_->configure(config.notify);  // they can be tested, and are offered
  } else {
    apply(config);
  }
}

void RuleDesk::apply(const config::Config& config) {
  if (looks_back(config)) usual_.start();
  notifier_->configure(config.notify);
  pipeline_.run_pass([book = book_, derived = config.derived, rules = config.rules](core::PassPort& port) {
    book->apply(derived, rules, port);
  });
}

void RuleDesk::derived(std::function<void(std::vector<core::DerivedStatus>)> done) {
  pipeline_.run_pass([book = book_, done = std::move(done)](core::PassPort&) { done(book->derived()); });
}

void RuleDesk::alarms(std::function<void(std::vector<core::AlarmStatus>)> done) {
  pipeline_.run_pass([book = book_, done = std::move(done)](core::PassPort&) { done(book->alarms()); });
}

void RuleDesk::acknowledge(core::AlarmChoice choice, std::string who, std::string comment,
                           std::function<void(core::Result<std::uint64_t>)> done) {
  pipeline_.run_pass([book = book_, choice = std::move(choice), who = std::move(who), comment = std::move(comment),
                      done = std::move(done)](core::PassPort& port) {
    rules::Alarm* const alarm = book->find(choice.rule);
    if (alarm == nullptr) return done(no_rule(choice.rule));
    done(alarm->acknowledge(choice.labels, who, comment, port));
  });
}

void RuleDesk::silence(core::AlarmChoice choice, core::Duration length, std::string who, std::string comment,
                       std::function<void(core::Result<std::uint64_t>)> done) {
  pipeline_.run_pass([book = book_, choice = std::move(choice), length, who = std::move(who),
                      comment = std::move(comment), done = std::move(done)](core::PassPort& port) {
    rules::Alarm* const alarm = book->find(choice.rule);
    if (alarm == nullptr) return done(no_rule(choice.rule));
    const auto until = length > core::Duration{} ? std::optional(port.wall_now() + length) : std::nullopt;
    done(alarm->silence(choice.labels, until, who, comment, port));
  });
}

void RuleDesk::test(std::string rule, std::function<void(core::Result<std::vector<core::TestOutcome>>)> done) {
  pipeline_.run_pass([book = book_, notifier = notifier_, rule = std::move(rule), done](core::PassPort&) {
    const rules::Alarm* const alarm = book->find(rule);
    if (alarm == nullptr) return done(no_rule(rule));
    notifier->test(alarm->spec(), done);
  });
}

void RuleDesk::test_target(std::string id, std::function<void(core::Result<std::vector<core::TestOutcome>>)> done) {
  const auto known = notifier_->targets();
  if (std::none_of(known.begin(), known.end(), [&](const auto& one) { return one.id == id; })) {
    return done(core::make_error(core::ErrorCode::kNotFound, "nobody of that id is told of alarms", id));
  }
  core::RuleSpec rule;
  rule.name = "test";
  rule.notify = {std::move(id)};
  notifier_->test(rule, std::move(done));
}

}  // namespace telltale::app
