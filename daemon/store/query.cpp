#include "daemon/store/query.h"

#include <algorithm>
#include <utility>

#include "daemon/store/journal_codec.h"
#include "daemon/store/meta.h"
#include "daemon/store/row_scan.h"
#include "daemon/store/schema.h"
#include "daemon/store/steps.h"
#include "daemon/store/summary_sink.h"

namespace telltale::store {

namespace {

constexpr std::uint32_t kDefaultPoints = 1000;

std::int64_t ns(core::WallTime time) { return time.time_since_epoch().count(); }
std::uint32_t points_of(const core::HistoryQuery& query) { return query.points == 0 ? kDefaultPoints : query.points; }
std::int64_t step_of(const core::HistoryQuery& query) {
  if (query.buckets) return query.buckets->every.count();
  return query.from < query.to ? choose_step(ns(query.from), ns(query.to), points_of(query)) : 0;
}

bool needs_sketch(const core::HistoryQuery::Mode& mode) {
  using Kind = core::HistoryQuery::Mode::Kind;
  if (mode.kind == Kind::kAuto) return !mode.percentiles.empty();
  return mode.kind == Kind::kStat && core::quantile_of(mode.stat);
}

// Whether buckets of tiers can stand for readings of all the series.
bool takes_tiers(const core::HistoryQuery& query) {
  const bool counts = query.mode.stat == core::Stat::kIncrease || query.mode.stat == core::Stat::kRate;
  return std::all_of(query.series.begin(), query.series.end(), [&](const core::SeriesPtr& series) {
    // They know of restarts, and not of what was configured for the series.
    if (query.buckets && counts && !(series->counter == core::CounterRule{})) return false;
    return takes_buckets(query.mode, series->declaration.kind);
  });
}

// What the query's own buckets are multiples of. A reading on the turn between two belongs to the later one in tiers.
std::int64_t tier_step_of(const core::HistoryQuery& query, std::int64_t step) {
  if (!query.buckets) return step;
  if (query.buckets->closed == core::Side::kRight) return 0;
  return core::Buckets(*query.buckets, query.from, query.to).common_step(query.from, query.to).count();
}

HistoryScan::Options options_of(const core::HistoryQuery& query, std::int64_t step) {
  HistoryScan::Options options;
  options.from = ns(query.from);
  options.to = ns(query.to);
  options.step = takes_tiers(query) ? tier_step_of(query, step) : 0;
  options.sketches = needs_sketch(query.mode);
  if (query.mode.kind == core::HistoryQuery::Mode::Kind::kAuto) options.least = points_of(query);
  options.max_readings = query.max_readings;
  options.cancel = query.cancel;
  return options;
}

}  // namespace

QueryRun::QueryRun(const core::HistoryQuery& query, Database& database, const Journal& journal, ReleaseGate& gate)
    : query_(query),
      database_(database),
      journal_(journal),
      gate_(gate),
      step_(step_of(query)),
      scan_(database, options_of(query, step_)) {
  for (const core::SeriesPtr& series : query.series) {
    const std::int64_t step = std::max<std::int64_t>(step_, 1);
    if (query.buckets) {
      scan_.want(series->id, make_resample_sink(query, *series));
      continue;
    }
    scan_.want(series->id, make_sink(query.mode, series->declaration.kind, step, points_of(query)));
  }
}

core::Result<core::HistoryResult> QueryRun::run() {
  if (query_.to < query_.from) {
    return core::make_error(core::ErrorCode::kInvalid, "the query's end is before its begin");
  }
  if (query_.from == query_.to) return result();
  auto done = read_journal();
  if (done) done = scan_.read();
  if (done) done = read_gone();
  // Nothing was changed: how the read transaction ends does not matter.
  (void)database_.execute("ROLLBACK");
  if (!done) return done.error();
  return result();
}

// Takes the snapshot, and what the journal has behind it. The gate keeps the journal from letting go of it meanwhile.
core::Result<void> QueryRun::read_journal() {
  const InsideGate inside(gate_);
  if (auto begun = database_.execute("BEGIN"); !begun) return begun;
  std::uint64_t position = 0;
  if (auto read = scan_.read_tail(position); !read) return read;
  std::uint64_t at = std::max(position, journal_.committed());
  const std::uint64_t end = journal_.written();
  while (at < end) {
    const auto record = journal_.next(at);
    if (!record) break;
    if (record->type == RecordType::kReadings) {
      std::uint64_t taken = 0;
      decode_readings(record->payload, [&](std::int64_t time, double value, core::SeriesId series, Mark mark,
                                           std::optional<std::string_view> text) {
        if (!scan_.wants(series)) return;
        scan_.take(series, time, value, mark, std::string(text.value_or("")));
        ++taken;
      });
      if (auto counted = scan_.count(taken); !counted) return counted;
    }
    at = record->end;
  }
  return {};
}

// Of the same snapshot: who reads readings learns whether some of them had gone before.
core::Result<void> QueryRun::read_gone() {
  const auto gone = get_meta(database_, Meta::kGone);
  if (!gone) return is_damage(gone.error()) ? core::Result<void>() : gone.error();
  if (*gone != kNoTime) gone_ = core::WallTime(core::Duration(*gone));
  return {};
}

core::HistoryResult QueryRun::result() {
  core::HistoryResult out;
  out.from = query_.from;
  out.to = query_.to;
  out.damaged = scan_.damaged();
  out.gone = gone_;
  bool buckets = false;
  for (std::size_t i = 0; i < query_.series.size(); ++i) {
    core::HistorySeries series;
    series.series = query_.series[i];
    buckets = scan_.finish(i, series) || buckets;
    out.series.push_back(std::move(series));
  }
  if (buckets) out.step = core::Duration(step_);
  return out;
}

}  // namespace telltale::store
