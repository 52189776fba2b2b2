#include "daemon/app/rule_desk.h"

#include <map>
#include <set>
#include <utility>

#include "daemon/core/expression_function.h"

namespace telltale::app {

namespace {

// The last reading of a series, or nothing.
std::optional<double> last_value(core::HistoryReader& history, const core::SeriesPtr& series) {
  const auto span = history.span(series->id);
  if (!span) return std::nullopt;
  core::HistoryQuery query;
  query.series = {series};
  query.from = span->last;
  query.to = span->last + core::Duration(1);
  query.mode.kind = core::HistoryQuery::Mode::Kind::kRaw;
  query.max_readings = 16;
  const auto result = history.query(query);
  if (!result || result->series.empty() || result->series[0].values.empty()) return std::nullopt;
  const auto& values = result->series[0].values[0];
  return values.empty() ? std::nullopt : std::optional(values.back());
}

std::map<std::string, double> last_values(core::HistoryReader& history, const std::vector<core::SeriesPtr>& known,
                                          const std::vector<core::DerivedSpec>& derived) {
  std::set<std::string> remembering;
  for (const core::DerivedSpec& spec : derived) {
    const auto* const function = core::find_expression_function(spec.expression->root.word);
    if (spec.expression->root.kind == core::ExpressionNode::Kind::kCall && function != nullptr && function->remembers) {
      remembering.insert(spec.name);
    }
  }
  std::map<std::string, double> values;
  if (remembering.empty()) return values;
  for (const core::SeriesPtr& series : known) {
    if (series->input != rules::kDerivedInput || !remembering.contains(series->declaration.key.name)) continue;
    if (const auto value = last_value(history, series)) values.emplace(series->key_text, *value);
  }
  return values;
}

}  // namespace

RuleDesk::RuleDesk(pipeline::Pipeline& pipeline, core::HistoryReader& history,
                   const std::vector<core::SeriesPtr>& known, const std::vector<core::DerivedSpec>& derived,
                   core::Logger log)
    : pipeline_(pipeline), book_(std::make_shared<rules::Book>(std::move(log))) {
  book_->restore(last_values(history, known, derived));
  pipeline_.set_follower(*book_);
  if (!derived.empty()) apply(derived);
}

void RuleDesk::apply(std::vector<core::DerivedSpec> derived) {
  pipeline_.run_pass(
      [book = book_, derived = std::move(derived)](core::PassPort& port) { book->apply(derived, port); });
}

void RuleDesk::derived(std::function<void(std::vector<core::DerivedStatus>)> done) {
  pipeline_.run_pass([book = book_, done = std::move(done)](core::PassPort&) { done(book->derived()); });
}

}  // namespace telltale::app
