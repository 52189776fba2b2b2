#include "daemon/store/committer.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/store/block_codec.h"
#include "daemon/store/files.h"
#include "daemon/store/journal_codec.h"
#include "daemon/store/meta.h"
#include "daemon/store/schema.h"
#include "daemon/store/series_rows.h"
#include "daemon/store/way_back.h"

namespace telltale::store {

namespace {

constexpr std::size_t kTransactionReadings = 131'072;
constexpr int kVersion1Batches = 32;
constexpr std::int64_t kMostInTail = 131'072;  // readings: a query of any span looks at all of them

std::size_t hash_of(const core::SeriesInfo& series) {
  std::string bytes;
  encode_series(series, bytes);
  return std::hash<std::string>()(bytes);
}

}  // namespace

core::Result<std::unique_ptr<Committer>> Committer::open(const StoreOptions& options, const core::Clock& clock,
                                                         Room room) {
  const std::string path = database_path(options.state_dir);
  auto database = Database::open(path, Database::Access::kReadWrite, options.vfs);
  if (!database) return database.error();
  std::string told = keep_way_back(*database, options.state_dir);
  if (auto ready = bring_forward(*database); !ready) return ready.error().in(path);
  const bool within = room == Room::kWithinFile;
  const Limits limits = within ? Limits::smallest() : Limits::of(options.budget);
  std::unique_ptr<Committer> committer(new Committer(options, clock, limits, std::move(*database)));
  committer->told_ = std::move(told);
  if (within) {
    auto pages = committer->database_.integer("PRAGMA page_count");
    if (!pages) return pages.error().in(path);
    committer->most_pages_ = static_cast<std::uint64_t>(*pages);
  }
  if (auto loaded = committer->load(); !loaded) return loaded.error().in(path);
  return committer;
}

core::Result<void> Committer::load() {
  const auto take = [&](std::string_view name, std::int64_t& into) -> core::Result<void> {
    auto value = get_meta(database_, name);
    if (!value) return value.error();
    into = *value;
    return {};
  };
  std::int64_t position = 0;
  auto done = take(Meta::kDatabase, database_id_);
  if (done) done = take(Meta::kPosition, position);
  if (done) done = take(Meta::kUpto, upto_);
  if (done) done = take(Meta::kChunk, chunk_);
  if (done) done = take(Meta::kDemoted, demoted_);
  if (done) done = take(Meta::kGone, gone_);
  if (!done) return done;
  if (auto tiers = load_tiers(); !tiers) return tiers;
  auto tail = Tail::load(database_, limits_.slots);
  if (!tail) return tail.error();
  tail_ = std::move(*tail);
  position_ = std::max(static_cast<std::uint64_t>(position), tail_.position());
  auto page = database_.integer("PRAGMA page_size");
  if (!page) return page.error();
  page_bytes_ = static_cast<std::uint64_t>(*page);
  auto version1 = database_.integer("SELECT EXISTS(SELECT 1 FROM block)");
  if (!version1) return version1.error();
  version1_ = *version1 != 0;
  auto summary = load_summary(database_);
  if (!summary) return summary.error();
  summary_ = std::move(*summary);
  auto rows = series();
  if (!rows) return rows.error();
  for (const core::SeriesInfo& series : *rows) series_hashes_[series.id] = hash_of(series);
  compacted_ = true;
  if (auto allowed = room(); !allowed) return allowed.error();
  extend_wal();
  return {};
}

// To the length that it will have: then a commit overwrites, and the file system has nothing to note of it but the
// data. A commit that makes the file longer costs five times its bytes in the file system's own journal.
void Committer::extend_wal() const {
  if (most_pages_ != UINT64_MAX || !options_.vfs.empty()) return;
  const core::Fd file(::open((database_path(options_.state_dir) + "-wal").c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return;
  const std::array<char, 64U << 10U> zeros{};
  auto at = ::lseek(file.get(), 0, SEEK_END);
  // What cannot be written now is written by the commits.
  while (at >= 0 && at < static_cast<off_t>(limits_.wal_bytes)) {
    const auto wrote = ::pwrite(file.get(), zeros.data(), zeros.size(), at);
    if (wrote <= 0) return;
    at += wrote;
  }
}

core::Result<std::vector<core::SeriesInfo>> Committer::series() { return load_series(database_); }

// The WAL cannot begin anew while a query reads an old state: then nothing more is written than the budget has room
// for.
core::Result<void> Committer::begin() {
  const std::uint64_t bytes = database_.wal_pages() * (page_bytes_ + Limits::kFrameHead);
  if (bytes > limits_.wal_most) {
    if (auto done = checkpoint_all(); !done) return done.error().in("a query holds the write-ahead log");
  }
  return database_.execute("BEGIN IMMEDIATE");
}

core::Result<CommitReport> Committer::commit(const Journal& journal, std::uint64_t from, std::uint64_t to) {
  Gathered gathered = gather(journal, from, to, kTransactionReadings, limits_.journal_bytes, Corrections::kApart);
  begun_ = journal.begun();
  if (gathered.correction) return correct(*gathered.correction, gathered.end);
  CommitReport report;
  report.position = gathered.end;
  report.readings = gathered.points.size();
  report.damaged = gathered.damaged;
  report.duplicates = sort_and_unite(gathered.points);
  for (const Point& point : gathered.points) {
    const auto known = summary_.spans.find(point.series);
    if (known && known->last == point.time) ++report.duplicates;
  }
  for (const Point& point : gathered.points) summary_.spans.note(point.series, point.time, point.time);
  if (auto written = put_readings(gathered); !written) return written.error();
  position_ = report.position;
  return report;
}

// Into the tail; what is large, such as a backfill, into segments at once.
core::Result<void> Committer::put_readings(const Gathered& gathered) {
  const std::string block = encode_block(gathered.points, Effort::kQuick);
  const bool large = Tail::slots_of(block.size()) > tail_.capacity() / 4;
  const std::string packed = large ? std::string() : Tail::packed(block);
  auto done = make_room(block.size() + kSlotBytes);
  if (done && !large && !tail_.fits(packed.size())) done = compact_tail();
  if (done && large) done = make_room(block.size() + tail_.used() * kSlotBytes);
  if (done) done = begin();
  if (done) done = put_series(gathered);
  if (!done) return done;
  const auto count = static_cast<std::int64_t>(gathered.points.size());
  summary_.samples += count;
  summary_.in_tail += count;
  position_ = gathered.end;
  if (large) {
    done = compact(block);
  } else if (auto put = tail_.put(database_, gathered.end, packed); !put) {
    done = put.error();
  }
  if (done) done = database_.execute("COMMIT");
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

core::Result<void> Committer::maintain(Forgotten& forgotten) {
  core::Result<void> done;
  for (int batch = 0; batch < kVersion1Batches && version1_ && done; ++batch) done = compact_version1();
  const bool full = tail_.used() > tail_.capacity() / 4 * 3 || summary_.in_tail > kMostInTail;
  if (done && full) done = compact_tail();
  if (done) done = build_tiers();
  if (done) done = checkpoint_when_due();
  if (done) done = demote_for_budget();
  if (done) done = keep_raw();
  forgotten.swap(forgotten_);
  forgotten_.clear();
  return done;
}

core::Result<void> Committer::finish() {
  auto done = compact_tail();
  if (done) done = begin();
  if (done) done = tail_.give_back(database_);
  if (done) done = database_.execute("COMMIT");
  if (done) done = database_.execute("PRAGMA incremental_vacuum");
  if (done) done = checkpoint_all();
  if (done) database_.leave_nothing_beside();
  return done;
}

std::uint64_t Committer::written_bytes() const {
  return database_.pages_written() * (page_bytes_ + Limits::kFrameHead) + checkpointed_pages_ * page_bytes_;
}

}  // namespace telltale::store
