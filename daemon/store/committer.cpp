#include "daemon/store/committer.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <tuple>

#include "daemon/store/block_codec.h"
#include "daemon/store/files.h"
#include "daemon/store/journal_codec.h"
#include "daemon/store/schema.h"
#include "daemon/store/series_rows.h"

namespace telltale::store {

namespace {

constexpr std::size_t kTransactionReadings = 131'072;
constexpr std::size_t kBlockReadings = 65'536;
constexpr std::uint64_t kWalPages = 256;  // 1 MiB of 4 KiB pages
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kFrameBytes = kPageBytes + 24;

// Calls `put` with stretches of `points`, which are sorted by time, each sorted by series.
template <class Put>
core::Result<void> in_blocks(std::vector<Point>& points, const Put& put) {
  for (std::size_t begin = 0; begin < points.size(); begin += kBlockReadings) {
    const auto from = points.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = points.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBlockReadings, points.size()));
    std::vector<Point> block(std::make_move_iterator(from), std::make_move_iterator(to));
    const std::int64_t first = block.front().time;
    const std::int64_t last = block.back().time;
    std::sort(block.begin(), block.end(),
              [](const Point& a, const Point& b) { return std::tie(a.series, a.time) < std::tie(b.series, b.time); });
    if (auto done = put(block, first, last, to == points.end()); !done) return done;
  }
  return {};
}

std::size_t hash_of(const core::SeriesInfo& series) {
  std::string bytes;
  encode_series(series, bytes);
  return std::hash<std::string>()(bytes);
}

}  // namespace

core::Result<std::unique_ptr<Committer>> Committer::open(const StoreOptions& options, const core::Clock& clock) {
  const std::string path = database_path(options.state_dir);
  auto database = Database::open(path, Database::Access::kReadWrite, options.vfs);
  if (!database) return database.error();
  if (auto ready = bring_forward(*database); !ready) return ready.error().in(path);
  std::unique_ptr<Committer> committer(new Committer(options, clock, std::move(*database)));
  if (auto loaded = committer->load(); !loaded) return loaded.error().in(path);
  return committer;
}

core::Result<void> Committer::load() {
  auto id = database_.integer("SELECT value FROM meta WHERE name='database'");
  if (!id) return id.error();
  database_id_ = *id;
  upto_ = kNoTime;
  auto newest = database_.prepare("SELECT id, position, upto FROM block ORDER BY id DESC LIMIT 1");
  if (!newest) return newest.error();
  auto row = newest->step();
  if (!row) return row.error();
  if (*row) {
    newest_block_ = newest->integer(0);
    position_ = static_cast<std::uint64_t>(newest->integer(1));
    upto_ = newest->integer(2);
  }
  newest->reset();
  auto summary = load_summary(database_);
  if (!summary) return summary.error();
  summary_ = std::move(*summary);
  auto rows = load_series_rows();
  if (!rows) return rows.error();
  for (const core::SeriesInfo& series : *rows) series_hashes_[series.id] = hash_of(series);
  return {};
}

core::Result<std::vector<core::SeriesInfo>> Committer::load_series_rows() { return load_series(database_); }

core::Result<CommitReport> Committer::commit(const Journal& journal, std::uint64_t from, std::uint64_t to) {
  Gathered gathered = gather(journal, from, to, kTransactionReadings);
  CommitReport report;
  report.position = gathered.end;
  report.readings = gathered.points.size();
  report.damaged = gathered.damaged;
  if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun.error();
  if (auto written = write(gathered, report); !written) return written.error();
  if (auto ended = database_.execute("COMMIT"); !ended) return ended.error();
  position_ = report.position;
  return report;
}

core::Result<void> Committer::write(Gathered& gathered, CommitReport& report) {
  report.duplicates = sort_and_unite(gathered.points);
  const std::int64_t newest = clock_.wall_now().time_since_epoch().count() + kLateness;
  const std::int64_t oldest = upto_ == kNoTime ? kNoTime : std::max(upto_, kNoTime + kLateness) - kLateness;
  std::vector<Point> on_time;
  std::vector<Point> late;
  for (Point& point : gathered.points) {
    const auto known = summary_.spans.find(point.series);
    if (known && known->last == point.time) ++report.duplicates;
    auto& side = point.time >= oldest && point.time <= newest ? on_time : late;
    side.push_back(std::move(point));
  }
  for (const auto& side : {std::cref(on_time), std::cref(late)}) {
    for (const Point& point : side.get()) summary_.spans.note(point.series, point.time, point.time);
  }
  summary_.samples += static_cast<std::int64_t>(on_time.size() + late.size());
  auto done = put_series(gathered);
  if (done) done = put_blocks(on_time, gathered.end);
  if (done) done = put_late(late);
  if (done && newest_block_ - summary_.saved_block >= kSummaryBlocks) done = save_summary(database_, summary_);
  return done;
}

core::Result<void> Committer::put_series(const Gathered& gathered) {
  for (const auto& [id, series] : gathered.series) {
    const std::size_t hash = hash_of(series);
    const auto known = series_hashes_.find(series.id);
    if (known != series_hashes_.end() && known->second == hash) continue;
    if (auto saved = save_series(database_, series); !saved) return saved;
    series_hashes_[series.id] = hash;
  }
  return {};
}

// A commit always appends a row, an empty one if need be: the row says how far the journal is in.
core::Result<void> Committer::put_blocks(std::vector<Point>& points, std::uint64_t position) {
  auto insert = database_.prepare("INSERT INTO block(position, upto, first, last, readings, data) VALUES(?,?,?,?,?,?)");
  if (!insert) return insert.error();
  const auto put = [&](const std::vector<Point>& block, std::int64_t first, std::int64_t last, bool final) {
    const std::string data = encode_block(block);
    upto_ = std::max(upto_, last);
    insert->bind(1, static_cast<std::int64_t>(final ? position : position_)).bind(2, upto_);
    insert->bind(3, first).bind(4, last).bind(5, static_cast<std::int64_t>(block.size())).bind_blob(6, data);
    auto done = insert->run();
    newest_block_ = database_.last_rowid();
    return done;
  };
  if (points.empty()) return put({}, upto_, upto_, true);
  return in_blocks(points, put);
}

core::Result<void> Committer::put_late(std::vector<Point>& points) {
  if (points.empty()) return {};
  auto insert = database_.prepare("INSERT INTO late_block(after, first, last, readings, data) VALUES(?,?,?,?,?)");
  if (!insert) return insert.error();
  return in_blocks(points, [&](const std::vector<Point>& block, std::int64_t first, std::int64_t last, bool) {
    const std::string data = encode_block(block);
    insert->bind(1, newest_block_).bind(2, first).bind(3, last);
    insert->bind(4, static_cast<std::int64_t>(block.size())).bind_blob(5, data);
    return insert->run();
  });
}

core::Result<void> Committer::checkpoint_when_due() {
  if (database_.wal_pages() < kWalPages) return {};
  auto pages = database_.checkpoint(false);
  if (!pages) return pages.error();
  checkpointed_pages_ += *pages;
  return {};
}

core::Result<void> Committer::checkpoint_all() {
  auto pages = database_.checkpoint(true);
  if (!pages) return pages.error();
  checkpointed_pages_ += *pages;
  return {};
}

core::Result<void> Committer::finish() {
  auto done = database_.execute("BEGIN IMMEDIATE");
  if (done) done = save_summary(database_, summary_);
  if (done) done = database_.execute("COMMIT");
  if (done) done = checkpoint_all();
  return done;
}

std::uint64_t Committer::written_bytes() const {
  return database_.pages_written() * kFrameBytes + checkpointed_pages_ * kPageBytes;
}

}  // namespace telltale::store
