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

// Times at which it fired and was over.
class Listing {
 public:
  void add(const core::AlarmChange& change) {
    using core::AlarmState;
    const core::AlarmStatus& alarm = change.alarm;
    if (alarm.state == AlarmState::kFiring) {
      rows_.push_back({labels_text(alarm.labels), core::format_time(alarm.since), "", fmt::format("{}", alarm.value)});
      began_.push_back(alarm.since);
    } else if (change.before == AlarmState::kFiring) {
      const std::string labels = labels_text(alarm.labels);
      for (std::size_t i = rows_.size(); i-- > 0;) {
        if (rows_[i][0] != labels || !rows_[i][2].empty()) continue;
        const auto length = std::chrono::floor<std::chrono::seconds>(alarm.since - began_[i]);
        rows_[i][2] = core::format_duration(length);
        break;
      }
    }
  }
  void print(const Output& output) const {
    Table table({"LABELS", "FIRED", ">FOR", ">VALUE"});
    for (const auto& row : rows_) table.add(row);
    table.print(output);
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<core::WallTime> began_;
};

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
  Listing listing;
  auto rehearsal = rules::Rehearsal::make(std::move(*rule), past.series(),
                                          [&listing](const core::AlarmChange& change) { listing.add(change); });
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
        return core::Result<void>();
      });
  if (!done) return done.error();
  (*rehearsal)->go_on(core::from_ms(end));
  progress.clear();
  listing.print(output);
  output.note(fmt::format("{}: would have fired {} times, of {} readings since {}", arguments.name, listing.size(),
                          count, core::format_time(core::from_ms(begin))));
  return kExitDone;
}

}  // namespace telltale::cli
