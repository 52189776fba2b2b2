// telltale alarm try
#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/cli/catalog.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/past_readings.h"
#include "daemon/cli/progress.h"
#include "daemon/config/load.h"
#include "daemon/core/units.h"
#include "daemon/rules/firings.h"
#include "daemon/rules/rehearsal.h"

namespace telltale::cli {
namespace {

core::Result<core::RuleSpec> rule_of(const Arguments& arguments) {
  auto plugins = open_catalog(arguments);
  if (!plugins) return plugins.error();
  auto loaded = config::load_file(arguments.file, **plugins);
  if (!loaded.config) {
    return core::make_error(core::ErrorCode::kInvalid, "has errors: telltale check says which", arguments.file);
  }
  auto& rules = loaded.config->rules;
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const core::RuleSpec& rule) { return rule.name == arguments.name; });
  if (found == rules.end()) {
    return core::make_error(core::ErrorCode::kNotFound, "has no rule '" + arguments.name + "'", arguments.file);
  }
  return std::move(*found);
}

std::string labels_text(const core::Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += (text.empty() ? "" : " ") + name + "=" + value;
  return text;
}

void print(const rules::Firings& firings, const Output& output) {
  Table table({"LABELS", "FIRED", ">FOR", ">VALUE"});
  for (const core::Firing& one : firings.list()) {
    std::string length;
    if (one.over) length = core::format_duration(std::chrono::floor<std::chrono::seconds>(*one.over - one.fired));
    table.add({labels_text(one.labels), core::format_time(one.fired), length, fmt::format("{}", one.value)});
  }
  table.print(output);
}

constexpr std::size_t kMostListed = 10'000;

}  // namespace

Outcome run_alarm_try(const Arguments& arguments, const Output& output) {
  auto rule = rule_of(arguments);
  if (!rule) return rule.error();
  const core::WallTime now = core::SystemClock().wall_now();
  const auto from = core::parse_time(arguments.from, now);
  if (!from) return from.error();
  const auto to = core::parse_time(arguments.to, now);
  if (!to) return to.error();
  auto client = connect(arguments);
  if (!client) return client.error();
  PastReadings past(*client);
  if (auto found = past.find(rules::references_of(*rule), rule->name); !found) return found.error();
  rules::PastUsual usual([&past](const core::SeriesPtr& series, core::WallTime begun, core::WallTime ended) {
    return past.hours(series, begun, ended);
  });
  rules::Firings firings(kMostListed);
  auto rehearsal = rules::Rehearsal::make(
      std::move(*rule), past.series(), [&firings](const core::AlarmChange& change) { firings.add(change); }, &usual);
  if (!rehearsal) return rehearsal.error();
  const std::int64_t begin = std::max(core::to_ms(*from), past.first());
  const std::int64_t end = core::to_ms(*to);
  const auto lead = std::chrono::ceil<std::chrono::milliseconds>((*rehearsal)->lead()).count();
  std::uint64_t count = 0;
  Progress progress;
  const auto done =
      past.each(begin - lead, begin, end, [&](const std::vector<core::Reading>& readings, std::int64_t upto) {
        count += readings.size();
        (*rehearsal)->feed(readings, upto <= begin);
        progress.show(static_cast<double>(upto - begin) / static_cast<double>(std::max<std::int64_t>(1, end - begin)),
                      fmt::format("{} readings", count));
        return usual.failure() ? core::Result<void>(*usual.failure()) : core::Result<void>();
      });
  if (!done) return done.error();
  (*rehearsal)->go_on(core::from_ms(end));
  progress.clear();
  print(firings, output);
  output.note(fmt::format("{}: would have fired {} times, of {} readings since {}", arguments.name, firings.count(),
                          count, core::format_time(core::from_ms(begin))));
  return kExitDone;
}

}  // namespace telltale::cli
