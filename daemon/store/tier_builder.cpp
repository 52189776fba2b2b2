#include "daemon/store/tier_builder.h"

#include <algorithm>
#include <utility>

#include "daemon/store/row_scan.h"
#include "daemon/store/scan.h"
#include "daemon/store/schema.h"

namespace telltale::store {

namespace {

constexpr std::size_t kGroup = 256;                        // series that are read together
constexpr std::int64_t kMostInMemory = 1 << 18;            // buckets
constexpr std::int64_t kLongest = std::int64_t{1} << 61U;  // ns
constexpr std::size_t kRowBytes = 12U << 10U;
constexpr std::size_t kBucketBytes = 20;  // about

struct ByBegin {
  bool operator()(const Interval& a, const Interval& b) const {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  }
};

// Notes that something came.
class Seen final : public Sink {
 public:
  explicit Seen(bool& any) : any_(any) {}
  void add(std::int64_t /*time*/, double /*value*/, std::string_view /*text*/) override { any_ = true; }
  bool finish(core::HistorySeries& /*out*/) override { return false; }

 private:
  bool& any_;
};

// Both in the order of time.
void mark_uncertain(const std::vector<core::SeriesSpan>& spans, std::vector<TierBucket>& buckets) {
  auto span = spans.begin();
  for (TierBucket& one : buckets) {
    const auto time = [](const Moment& moment) { return core::WallTime(core::Duration(moment.time)); };
    while (span != spans.end() && span->last < time(one.bucket.first)) ++span;
    if (span == spans.end()) return;
    one.bucket.uncertain = one.bucket.uncertain || span->first <= time(one.bucket.last);
  }
}

}  // namespace

core::Result<void> TierBuilder::load_series() {
  series_.clear();
  auto rows = database_.prepare("SELECT id, kind FROM series ORDER BY id");
  if (!rows) return rows.error();
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return {};
    series_.push_back(
        {{static_cast<std::uint32_t>(rows->integer(0))}, static_cast<core::SeriesKind>(rows->integer(1))});
  }
}

core::Result<std::int64_t> TierBuilder::most_buckets(std::int64_t level) {
  auto count = database_.integer("SELECT count(*) FROM series");
  if (!count) return count;
  const std::int64_t together = std::clamp<std::int64_t>(*count, 1, kGroup);
  const std::int64_t most = std::min(kMostInMemory / together, kLongest / level);
  return std::max<std::int64_t>(kTierBuckets, most / kTierBuckets * kTierBuckets);
}

core::Result<bool> TierBuilder::build(const Stretch& stretch) {
  if (auto loaded = load_series(); !loaded) return loaded.error();
  bool any = false;
  for (std::size_t begin = 0; begin < series_.size(); begin += kGroup) {
    auto built = build_group(stretch, begin, std::min(begin + kGroup, series_.size()));
    if (!built) return built;
    any = any || *built;
  }
  return any;
}

core::Result<bool> TierBuilder::any(const Interval& span) {
  if (auto loaded = load_series(); !loaded) return loaded.error();
  HistoryScan::Options options;
  options.from = span.begin;
  options.to = span.end;
  options.max_readings = 1;
  HistoryScan scan(database_, options);
  bool any = false;
  for (const Series& one : series_) scan.want(one.id, std::make_unique<Seen>(any));
  auto read = scan.read();
  if (!read && read.error().code != core::ErrorCode::kLimit) return read.error();
  return any || !read;
}

core::Result<bool> TierBuilder::build_group(const Stretch& stretch, std::size_t begin, std::size_t end) {
  HistoryScan::Options options;
  options.from = stretch.span.begin;
  options.to = stretch.span.end;
  options.step = stretch.level;
  options.finer_only = true;
  options.sketches = stretch.level >= kSketchFrom;
  // When readings go, what can be read of them is kept.
  options.strict = !stretch.missing_only;
  HistoryScan scan(database_, options);
  std::vector<std::vector<TierBucket>> buckets(end - begin);
  for (std::size_t i = begin; i < end; ++i) {
    scan.want(series_[i].id, make_tier_sink(series_[i].kind, stretch.level, buckets[i - begin]));
  }
  // Without buckets the readings are asked for, and say what is missing.
  if (auto read = scan.read(); !read) {
    return is_damage(read.error()) ? core::Result<bool>(true) : core::Result<bool>(read.error());
  }
  std::map<std::uint32_t, Intervals> there;
  if (stretch.missing_only) {
    auto found = covered(stretch);
    if (!found) return found.error();
    there = std::move(*found);
  }
  std::map<Interval, std::vector<SeriesBuckets>, ByBegin> rows;
  bool any = false;
  for (std::size_t i = begin; i < end; ++i) {
    core::HistorySeries found;
    (void)scan.finish(i - begin, found);
    mark_uncertain(found.uncertain, buckets[i - begin]);
    any = any || !buckets[i - begin].empty();
    auto next = buckets[i - begin].begin();
    const auto last = buckets[i - begin].end();
    for (const Interval& gap : gaps(stretch.span, there[series_[i].id.value])) {
      for (std::int64_t at = gap.begin; at < gap.end; at += kTierBuckets * stretch.level) {
        const Interval part{at, std::min(gap.end, at + kTierBuckets * stretch.level)};
        SeriesBuckets one{series_[i].id, {}};
        std::uint64_t readings = 0;
        for (; next != last && next->bucket.number * stretch.level < part.end; ++next) {
          if (next->bucket.number * stretch.level < part.begin) continue;
          readings += next->bucket.count;
          one.buckets.push_back(std::move(*next));
        }
        const auto slots = static_cast<std::uint64_t>((part.end - part.begin) / stretch.level);
        if (readings == 0 || readings < stretch.least * slots) continue;
        rows[part].push_back(std::move(one));
      }
    }
  }
  for (const auto& [span, series] : rows) {
    if (auto done = put(stretch, span, series); !done) return done.error();
  }
  return any;
}

// What tiers of the level, and finer ones, have of the stretch.
core::Result<std::map<std::uint32_t, Intervals>> TierBuilder::covered(const Stretch& stretch) {
  std::map<std::uint32_t, Intervals> out;
  if (!has_table_) return out;
  auto rows = database_.prepare("SELECT first, last, data FROM tier WHERE level <= ? AND first < ? AND last > ?");
  if (!rows) return rows.error();
  rows->bind(1, stretch.level).bind(2, stretch.span.end).bind(3, stretch.span.begin);
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    const Interval span{rows->integer(0), rows->integer(1)};
    auto visited = visit_tier(rows->blob(2), [&](core::SeriesId series, std::string_view) -> core::Result<void> {
      out[series.value].push_back(span);
      return {};
    });
    if (!visited) continue;  // damaged: nothing that can be used
  }
  // Of finer buckets whole ones of this level.
  for (auto& [series, spans] : out) {
    for (Interval& span : spans = joined(std::move(spans))) {
      span.begin = (span.begin + stretch.level - 1) / stretch.level * stretch.level;
      span.end = span.end / stretch.level * stretch.level;
    }
    spans = joined(std::move(spans));
  }
  return out;
}

core::Result<void> TierBuilder::put(const Stretch& stretch, const Interval& span,
                                    const std::vector<SeriesBuckets>& series) {
  if (!has_table_) {
    if (auto made = make_tiers(database_); !made) return made;
    has_table_ = true;
  }
  auto insert = database_.prepare("INSERT INTO tier(level, first, last, chunk, low, high, data) VALUES(?,?,?,?,?,?,?)");
  if (!insert) return insert.error();
  std::vector<SeriesBuckets> row;
  std::size_t bytes = 0;
  const auto flush = [&]() -> core::Result<void> {
    if (row.empty()) return {};
    const std::string data = encode_tier(row, stretch.level);
    insert->bind(1, stretch.level).bind(2, span.begin).bind(3, span.end).bind(4, stretch.chunk);
    insert->bind(5, std::int64_t{row.front().series.value}).bind(6, std::int64_t{row.back().series.value});
    auto done = insert->bind_blob(7, data).run();
    row.clear();
    bytes = 0;
    return done;
  };
  for (const SeriesBuckets& one : series) {
    row.push_back(one);
    bytes += one.buckets.size() * kBucketBytes;
    for (const TierBucket& bucket : one.buckets) bytes += bucket.sketch.bins().size();
    if (bytes < kRowBytes) continue;
    if (auto done = flush(); !done) return done;
  }
  return flush();
}

}  // namespace telltale::store
