// telltale derive
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/cli/past_readings.h"
#include "daemon/cli/progress.h"
#include "daemon/core/units.h"
#include "daemon/rules/backfill.h"
#include "daemon/tools/import_batches.h"

namespace telltale::cli {
namespace {

std::int64_t integer_of(const boost::json::value& object, std::string_view name, std::int64_t otherwise) {
  const auto* const value = member(object, name);
  return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

core::Result<boost::json::value> ask(net::Client& client, const net::ClientRequest& request) {
  const auto body = client.get(request);
  if (!body) return body.error();
  return parse_json(*body);
}

core::Result<core::DerivedSpec> spec_of(const boost::json::value& item) {
  core::DerivedSpec spec;
  spec.name = text_of(item, "name");
  spec.unit = text_of(item, "unit");
  spec.kind = core::series_kind_from(text_of(item, "kind")).value_or(core::SeriesKind::kGauge);
  auto outcome = core::parse_expression(text_of(item, "expr"));
  if (!outcome.expression) {
    return core::make_error(core::ErrorCode::kInvalid, "this tool does not understand the daemon's expression: " +
                                                           outcome.mistakes.front().message);
  }
  spec.expression = outcome.expression;
  spec.zone = text_of(item, "zone");
  if (!spec.zone.empty()) {
    auto zone = core::TimeZone::load(spec.zone);
    if (!zone) return zone.error();
    spec.time_zone = std::move(*zone);
  }
  for (const auto& step : array_of(item, "tariff")) {
    core::TariffStep made;
    made.when.days = static_cast<std::uint8_t>(integer_of(step, "days", 0x7f));
    made.when.begin = static_cast<int>(integer_of(step, "from", 0));
    made.when.end = static_cast<int>(integer_of(step, "to", 1440));
    const auto* const price = member(step, "price");
    made.price = price != nullptr && price->is_number() ? price->to_number<double>() : 0;
    spec.tariff.push_back(made);
  }
  return spec;
}

class Run {
 public:
  Run(net::Client& client, const Arguments& arguments, const Output& output)
      : client_(client),
        arguments_(arguments),
        output_(output),
        batches_(client,
                 [this](const std::string& why) {
                   output_.note("refused: " + why);
                   refused_ = true;
                 }),
        past_(client) {}

  Outcome run(core::DerivedSpec spec) {
    if (auto found = past_.find(spec.expression->references, spec.name); !found) return found.error();
    if (auto span = find_span(spec); !span) return span.error();
    const std::string name = spec.name;
    auto made = rules::Backfill::make(
        std::move(spec), past_.series(),
        [this](const core::SeriesInfo& series, const core::Reading& reading) { take(series, reading); }, &usual_);
    if (!made) return made.error();
    backfill_ = std::move(*made);
    if (auto done = go(); !done) return done.error();
    if (!backfill_->problem().empty()) return core::make_error(core::ErrorCode::kInvalid, backfill_->problem(), name);
    output_.line(fmt::format("{}: {} readings computed of {}, {} to {}", name, made_readings_, read_readings_,
                             core::format_time(core::from_ms(from_)), core::format_time(core::from_ms(to_))));
    return refused_ ? kExitFailed : kExitDone;
  }

 private:
  // From the first reading of the inputs until the first of its own.
  core::Result<void> find_span(const core::DerivedSpec& spec) {
    const core::WallTime now = core::SystemClock().wall_now();
    from_ = past_.first();
    to_ = core::to_ms(now);
    auto own = ask(client_, {.path = "/api/v1/series", .query = {{"match", spec.name}}});
    if (!own) return own.error();
    for (const auto& item : array_of(*own)) to_ = std::min(to_, integer_of(item, "first", to_));
    if (!arguments_.export_from.empty()) {
      const auto from = core::parse_time(arguments_.export_from, now);
      if (!from) return from.error();
      from_ = std::max(from_, core::to_ms(*from));
    }
    if (!arguments_.export_to.empty()) {
      const auto to = core::parse_time(arguments_.export_to, now);
      if (!to) return to.error();
      to_ = core::to_ms(*to);
    }
    return {};
  }

  void take(const core::SeriesInfo& series, const core::Reading& reading) {
    if (reading.time < core::from_ms(from_) || reading.time >= core::from_ms(to_)) return;
    batches_.add({series.declaration.key.name, series.declaration.key.labels, series.declaration.unit,
                  series.declaration.kind, reading.value, reading.time.time_since_epoch().count()});
    ++made_readings_;
    if (batches_.full() && failure_) failure_ = batches_.flush();
  }

  core::Result<void> go() {
    Progress progress;
    const auto lead = std::chrono::ceil<std::chrono::milliseconds>(backfill_->lead()).count();
    const auto done =
        past_.each(from_ - lead, from_, to_, [&](const std::vector<core::Reading>& readings, std::int64_t end) {
          read_readings_ += readings.size();
          backfill_->feed(readings, end <= from_);
          progress.show(static_cast<double>(end - from_) / static_cast<double>(std::max<std::int64_t>(1, to_ - from_)),
                        fmt::format("{} readings", made_readings_));
          return usual_.failure() ? core::Result<void>(*usual_.failure()) : failure_;
        });
    return done ? batches_.flush() : done;
  }

  net::Client& client_;
  const Arguments& arguments_;
  const Output& output_;
  tools::ImportBatches batches_;
  std::unique_ptr<rules::Backfill> backfill_;
  PastReadings past_;
  rules::PastUsual usual_{[this](const core::SeriesPtr& series, core::WallTime from, core::WallTime to) {
    return past_.hours(series, from, to);
  }};
  std::int64_t from_ = 0;  // ms
  std::int64_t to_ = 0;    // not included
  std::uint64_t read_readings_ = 0;
  std::uint64_t made_readings_ = 0;
  core::Result<void> failure_;
  bool refused_ = false;
};

void print(const boost::json::value& all, const Output& output) {
  Table table({"DERIVED", "UNIT", "KIND", ">SERIES", "EXPRESSION", "PROBLEM"});
  for (const auto& item : array_of(all)) {
    table.add({text_of(item, "name"), text_of(item, "unit"), text_of(item, "kind"), text_of(item, "series"),
               text_of(item, "expr"), text_of(item, "problem")});
  }
  table.print(output);
}

}  // namespace

Outcome run_derive(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto body = client->get({.path = "/api/v1/derived"});
  if (!body) return body.error();
  const auto all = parse_json(*body);
  if (!all) return all.error();
  if (arguments.name.empty()) {
    if (arguments.json) {
      output.raw(*body + '\n');
    } else {
      print(*all, output);
    }
    return kExitDone;
  }
  const auto& list = array_of(*all);
  const auto* const found =
      std::find_if(list.begin(), list.end(), [&](const auto& item) { return text_of(item, "name") == arguments.name; });
  if (found == list.end()) {
    return core::make_error(core::ErrorCode::kNotFound,
                            "the running configuration has no derived series of that name: put it into `derived:` and "
                            "reload",
                            arguments.name);
  }
  auto spec = spec_of(*found);
  if (!spec) return spec.error();
  return Run(*client, arguments, output).run(std::move(*spec));
}

}  // namespace telltale::cli
