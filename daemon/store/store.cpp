#include "daemon/store/store.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>

#include "daemon/core/fd.h"
#include "daemon/store/committer.h"
#include "daemon/store/copy_reader.h"
#include "daemon/store/files.h"
#include "daemon/store/journal.h"
#include "daemon/store/query.h"
#include "daemon/store/reader_pool.h"
#include "daemon/store/release_gate.h"
#include "daemon/store/shared_state.h"
#include "daemon/store/spare.h"
#include "daemon/store/writer.h"

namespace telltale::store {

namespace {

constexpr std::size_t kMostCorrections = 1024;  // while the journal is full

}  // namespace

// Constant after open(), but for what waits, which is the pipeline thread's.
struct Store::Parts {
  Parts(StoreOptions wanted, const core::Clock& time, core::Logger log)
      : options(std::move(wanted)),
        clock(time),
        logger(std::move(log)),
        readers(database_path(options.state_dir), options.vfs) {}

  const StoreOptions options;
  const core::Clock& clock;
  const core::Logger logger;
  core::Fd lock;
  SharedState state;
  ReleaseGate gate;
  ReaderPool readers;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Writer> writer;
  std::vector<core::SeriesPtr> series;
  // Declared, and corrected, while the journal was full.
  std::vector<core::SeriesInfo> waiting;
  std::vector<core::TimeCorrection> waiting_corrections;
  // For those who ask whether corrections are done: up to where the journal has some, and whether some wait for it.
  std::atomic<std::uint64_t> corrections_end{0};
  std::atomic<bool> corrections_wait{false};
};

namespace {

core::Result<void> make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error) return {};
  return core::make_error(core::ErrorCode::kIo, "cannot be made: " + error.message(), directory.string());
}

core::Result<core::Fd> lock_state(const std::filesystem::path& directory) {
  const std::string path = (directory / "lock").string();
  core::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file.valid()) return core::errno_error(errno, "open", path);
  if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  return core::make_error(core::ErrorCode::kConflict, "another process uses this state directory", directory.string());
}

// What the database knows, and over it what only the journal does.
core::Result<std::vector<core::SeriesPtr>> known_series(Committer& committer, const Journal& journal) {
  auto rows = committer.series();
  if (!rows) return rows.error();
  std::map<std::uint32_t, core::SeriesPtr> known;
  for (core::SeriesInfo& series : *rows) {
    const auto id = series.id.value;
    known[id] = std::make_shared<const core::SeriesInfo>(std::move(series));
  }
  const auto tail = gather(journal, journal.committed(), journal.written(), SIZE_MAX);
  for (const auto& [id, series] : tail.series) known[id] = std::make_shared<const core::SeriesInfo>(series);
  std::vector<core::SeriesPtr> out;
  out.reserve(known.size());
  for (auto& [id, series] : known) out.push_back(std::move(series));
  return out;
}

// Spans of everything: the database's, and the journal's tail.
void seed_state(SharedState& state, const Committer& committer, const Journal& journal) {
  SpanTable spans = committer.summary().spans;
  for (const Point& point : gather(journal, journal.committed(), journal.written(), SIZE_MAX).points) {
    spans.note(point.series, point.time, point.time);
  }
  state.samples = static_cast<std::uint64_t>(committer.summary().samples);
  const core::MutexLock lock(state.mutex);
  state.spans = std::move(spans);
}

std::uint64_t rounded_capacity(std::uint64_t bytes) {
  const std::uint64_t wanted = std::clamp(bytes, kMinJournalBytes, kMaxJournalBytes);
  return (wanted + kJournalStep - 1) / kJournalStep * kJournalStep;
}

}  // namespace

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::~Store() { close(); }

core::Result<std::unique_ptr<Store>> Store::open(StoreOptions options, const core::Clock& clock, core::Logger logger) {
  auto parts = std::make_unique<Parts>(std::move(options), clock, std::move(logger));
  Parts& p = *parts;
  for (const auto& directory : {p.options.state_dir, p.options.run_dir}) {
    if (auto made = make_directory(directory); !made) return made.error();
  }
  auto lock = lock_state(p.options.state_dir);
  if (!lock) return lock.error();
  p.lock = std::move(*lock);
  auto committer = Committer::open(p.options, p.clock);
  const bool full = !committer && committer.error().code == core::ErrorCode::kLimit;
  if (full) {
    Spare(p.options.state_dir).let_go();
    committer = Committer::open(p.options, p.clock, Committer::Room::kWithinFile);
  }
  if (!committer) return committer.error();
  if (!(*committer)->told().empty()) p.logger.notice("{}", (*committer)->told());
  Journal::Options journal_options;
  journal_options.path = journal_path(p.options.run_dir);
  journal_options.capacity = rounded_capacity(p.options.journal_bytes);
  journal_options.database = (*committer)->database_id();
  journal_options.committed = (*committer)->position();
  auto journal = Journal::open(journal_options, p.logger);
  if (!journal) return journal.error();
  if ((*journal)->committed() == (*journal)->written() && (*journal)->capacity() != journal_options.capacity) {
    journal_options.committed = (*journal)->committed();
    journal_options.begun = (*journal)->begun();
    journal = Journal::create(journal_options);  // the old one goes first: nothing is in it
    if (!journal) return journal.error();
  }
  p.journal = std::move(*journal);
  auto series = known_series(**committer, *p.journal);
  if (!series) return series.error();
  p.series = std::move(*series);
  seed_state(p.state, **committer, *p.journal);
  p.writer = std::make_unique<Writer>(p.options, p.clock, p.logger, *p.journal, p.gate, p.state, p.readers);
  p.writer->start(std::move(*committer), full);
  p.state.processed = 0;  // what was replayed had been appended by another life
  p.corrections_end = p.journal->written();
  return std::unique_ptr<Store>(new Store(std::move(parts)));
}

const std::vector<core::SeriesPtr>& Store::series() const { return parts_->series; }
core::Result<void> Store::commit_now() { return parts_->writer->commit_now(); }

void Store::close() {
  parts_->readers.close();
  parts_->writer->stop();
}

void Store::declare(const core::SeriesInfo& series) {
  if (parts_->waiting.empty() && parts_->journal->append_series(series)) return;
  // As many as there are series at most: an older declaration of the same one is void.
  std::erase_if(parts_->waiting, [&](const core::SeriesInfo& other) { return other.id == series.id; });
  parts_->waiting.push_back(series);
}

core::Result<void> Store::correct_times(const core::TimeCorrection& correction) {
  Parts& p = *parts_;
  if (p.waiting_corrections.size() >= kMostCorrections) {
    return core::make_error(core::ErrorCode::kLimit, "the journal is full, and too many corrections wait already");
  }
  p.corrections_wait = true;
  p.waiting_corrections.push_back(correction);
  if (auto put = put_waiting(); !put && put.error().code != core::ErrorCode::kLimit) return put;
  return {};
}

bool Store::corrected() {
  // In this order: the end is known before nothing waits any more.
  return !parts_->corrections_wait && parts_->journal->committed() >= parts_->corrections_end;
}

// What the journal had no room for goes before anything else. ErrorCode::kLimit: it still has none.
core::Result<void> Store::put_waiting() {
  Parts& p = *parts_;
  core::Result<std::uint64_t> put(0);
  while (put && !p.waiting.empty()) {
    put = p.journal->append_series(p.waiting.front());
    if (put) p.waiting.erase(p.waiting.begin());
  }
  while (put && !p.waiting_corrections.empty()) {
    put = p.journal->append_correction(p.waiting_corrections.front());
    if (!put) break;
    p.waiting_corrections.erase(p.waiting_corrections.begin());
    p.corrections_end = *put;
    p.writer->kick();  // seen in queries once it is committed
  }
  if (p.waiting_corrections.empty()) p.corrections_wait = false;
  if (put) return {};
  p.writer->kick();
  return put.error();
}

core::Result<std::uint64_t> Store::append(const core::ReadingBatch& batch) {
  Parts& p = *parts_;
  if (auto put = put_waiting(); !put) return put.error();
  // Counted first: the writer may take the batch before this returns.
  p.state.appended += batch.size();
  auto position = p.journal->append(batch);
  if (!position) p.state.appended -= batch.size();
  if (!position || *position - p.journal->committed() > p.journal->capacity() / 2) p.writer->kick();
  if (!position) return position;
  const core::MutexLock lock(p.state.mutex);
  for (const core::Reading& reading : batch.readings()) {
    const std::int64_t time = reading.time.time_since_epoch().count();
    p.state.spans.note(reading.series, time, time);
  }
  return position;
}

bool Store::tight() const {
  const Journal& journal = *parts_->journal;
  return journal.written() - journal.committed() > journal.capacity() / 4 * 3;
}

void Store::when_durable(std::uint64_t position, std::function<void(core::Result<void>)> done) {
  if (!parts_->options.unsaved.empty()) {
    done(core::make_error(core::ErrorCode::kUnavailable, parts_->options.unsaved));
    return;
  }
  parts_->writer->when_durable(position, std::move(done));
}

core::Result<core::HistoryResult> Store::query(const core::HistoryQuery& query) {
  auto lease = parts_->readers.take(query.cancel);
  if (!lease) return lease.error();
  auto result = QueryRun(query, lease->database(), *parts_->journal, parts_->gate).run();
  if (result && result->damaged > 0 && parts_->state.damaged.fetch_add(result->damaged) == 0) {
    parts_->logger.error("a part of the history cannot be read and is left out: `telltale verify` says which");
  }
  return result;
}

core::Result<std::unique_ptr<core::HistoryCopy>> Store::copy() {
  const auto committed = commit_now();
  auto copy = CopyReader::open(database_path(parts_->options.state_dir), parts_->options.vfs);
  if (!copy) return copy.error();
  // A disk that takes nothing any more is a reason to copy what it has.
  if (!committed) (*copy)->tell("the newest readings, which are in the journal alone: " + committed.error().text());
  // The writer needs its write-ahead log more than somebody needs a copy.
  (*copy)->stop_when([&state = parts_->state, failing = !committed]() -> std::string {
    if (failing) return {};
    const core::MutexLock lock(state.mutex);
    return state.error;
  });
  return std::unique_ptr<core::HistoryCopy>(std::move(*copy));
}

std::optional<core::SeriesSpan> Store::span(core::SeriesId series) {
  const core::MutexLock lock(parts_->state.mutex);
  const auto span = parts_->state.spans.find(series);
  if (!span) return std::nullopt;
  return core::SeriesSpan{core::WallTime(core::Duration(span->first)), core::WallTime(core::Duration(span->last))};
}

core::HistoryStats Store::stats() {
  SharedState& state = parts_->state;
  core::HistoryStats out;
  out.bytes = state.bytes;
  out.budget = parts_->options.budget;
  const std::uint64_t processed = state.processed;
  const std::uint64_t appended = state.appended;
  out.samples = state.samples + (appended > processed ? appended - processed : 0);
  out.written_bytes = state.written_bytes;
  out.commits = state.commits;
  out.commit_times = state.commit_times.counts();
  out.journal_bytes = parts_->journal->written() - parts_->journal->committed();
  out.journal_capacity = parts_->journal->capacity();
  out.duplicates = state.duplicates;
  out.damaged = state.damaged;
  out.disk_full = state.disk_full;
  const core::MutexLock lock(state.mutex);
  out.error = state.error.empty() ? parts_->options.unsaved : state.error;
  out.tiers = state.tiers;
  state.spans.each([&](core::SeriesId, const TimeSpan& span) {
    if (span.empty()) return;
    const core::WallTime first{core::Duration(span.first)};
    if (!out.oldest || first < *out.oldest) out.oldest = first;
  });
  return out;
}

}  // namespace telltale::store
