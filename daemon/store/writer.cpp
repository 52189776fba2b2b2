#include "daemon/store/writer.h"

#include <algorithm>
#include <future>
#include <utility>

#include "daemon/core/fd.h"
#include "daemon/store/files.h"
#include "daemon/store/limits.h"
#include "daemon/store/way_back.h"

namespace telltale::store {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr core::Duration kGroup = milliseconds(20);  // leaves the commit itself 30 of the 50 ms that are promised
constexpr core::Duration kFirstBackoff = seconds(1);
constexpr core::Duration kMostBackoff = seconds(60);
constexpr core::Duration kMostWait = seconds(3600);
constexpr std::uint64_t kSpareAtRest = 384U << 10U;
constexpr std::uint64_t kSpareAtRestFrom = 8U << 20U;

}  // namespace

void Writer::start(std::unique_ptr<Committer> committer, bool disk_full) {
  committer_ = std::move(committer);
  state_.disk_full = disk_full_ = disk_full;
  if (!disk_full) spare_.hold(Limits::of(options_.budget).wal_most);
  last_commit_ = clock_.boot_now();
  pass(true);
  const core::MutexLock lock(mutex_);
  started_ = true;
  thread_ = std::thread([this] { run(); });
}

void Writer::stop() {
  {
    const core::MutexLock lock(mutex_);
    if (!started_ || stopping_) return;
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Writer::kick() {
  if (kicked_.exchange(true)) return;
  const core::MutexLock lock(mutex_);
  changed_.notify_all();
}

void Writer::add_waiter(Waiter waiter, bool urgent) {
  core::Error refusal = core::make_error(core::ErrorCode::kUnavailable, "the store is closed");
  {
    const core::MutexLock lock(mutex_);
    if (started_ && !stopping_ && waiters_.size() < kMostWaiting) {
      if (waiters_.empty()) answer_by_ = clock_.boot_now() + kGroup;
      urgent_ = urgent_ || urgent;
      waiters_.push_back(std::move(waiter));
      changed_.notify_all();
      return;
    }
    if (started_ && !stopping_) {
      refusal = core::make_error(core::ErrorCode::kLimit, "too many wait for the disk already");
    }
  }
  waiter.done(std::move(refusal));
}

void Writer::when_durable(std::uint64_t position, Done done) { add_waiter({position, std::move(done)}, false); }

core::Result<void> Writer::commit_now() {
  std::promise<core::Result<void>> promise;
  auto answer = promise.get_future();
  add_waiter({journal_.written(), [&](core::Result<void> result) { promise.set_value(std::move(result)); }}, true);
  return answer.get();
}

core::BootTime Writer::due() const {
  const bool failing = committer_ == nullptr;
  core::BootTime at = failing ? retry_at_ : last_commit_ + options_.commit;
  if (!failing && kicked_.load()) at = core::BootTime{};
  if (!waiters_.empty()) at = std::min(at, answer_by_);
  return at;
}

// The deadline is one of the injected clock; the wait itself is real time, and asks the clock again after it.
void Writer::wait_until_due() {
  while (!stopping_ && !urgent_) {
    const core::Duration left = due() - clock_.boot_now();
    if (left <= core::Duration::zero()) return;
    changed_.wait_for(mutex_, std::min(left, kMostWait));
  }
}

void Writer::run() {
  core::name_thread("writer");
  for (;;) {
    bool forced = false;
    bool last = false;
    {
      const core::MutexLock lock(mutex_);
      wait_until_due();
      last = stopping_;
      forced = urgent_ || last;
    }
    pass(forced);
    if (last) break;
  }
  finish();
}

// One round: what is in the journal is committed, and those who wait for it are told.
void Writer::pass(bool forced) {
  std::vector<Waiter> waiters;
  {
    const core::MutexLock lock(mutex_);
    waiters.swap(waiters_);
    urgent_ = false;
  }
  kicked_ = false;
  if (forced || committer_ != nullptr || clock_.boot_now() >= retry_at_) {
    if (disk_full_ && committer_ == nullptr) try_full_service();
    last_result_ = commit_all();
    if (!last_result_ && last_result_.error().code == core::ErrorCode::kLimit) {
      last_result_ = commit_on_full_disk(last_result_.error());
    }
    if (!last_result_) note_result(last_result_);
    last_commit_ = clock_.boot_now();
  }
  const auto positions = journal_.committed();
  if (forced) tidy();  // who asked for a commit by name sees all of it
  answer(waiters, positions, last_result_);
  if (!forced) tidy();
}

void Writer::tidy() {
  if (!last_result_ || !committer_) return;
  last_result_ = maintain();
  note_disk();
  note_result(last_result_);
  if (last_result_ && disk_full_) try_full_service();
}

void Writer::answer(const std::vector<Waiter>& waiters, std::uint64_t committed, const core::Result<void>& result) {
  for (const Waiter& waiter : waiters) {
    if (waiter.position <= committed) {
      waiter.done({});
    } else if (!result) {
      waiter.done(result.error());
    } else {
      waiter.done(core::make_error(core::ErrorCode::kInvalid, "nothing was ever appended at that position"));
    }
  }
}

core::Result<void> Writer::commit_all() {
  if (!committer_) {
    if (auto opened = reopen(); !opened) return opened;
  }
  const std::uint64_t to = journal_.written();
  while (journal_.committed() < to) {
    if (auto done = commit_once(to); !done) return done;
  }
  return {};
}

// A new connection, after the old one's fate became unknown. What the file says it has may not be on the disk, when it
// was an fsync that failed: it is copied and synced through fresh writes before the journal lets go of it.
core::Result<void> Writer::reopen() {
  using Room = Committer::Room;
  auto opened = Committer::open(options_, clock_, disk_full_ ? Room::kWithinFile : Room::kBudget);
  if (!opened) return opened.error();
  if (auto safe = (*opened)->checkpoint_all(); !safe) return safe;
  const std::uint64_t position = (*opened)->position();
  if (position > journal_.committed() && position <= journal_.written()) {
    state_.processed += gather(journal_, journal_.committed(), position, SIZE_MAX).points.size();
    gate_.exclusively([&] { journal_.release(position); });
  }
  state_.samples = static_cast<std::uint64_t>((*opened)->summary().samples);
  committer_ = std::move(*opened);
  return {};
}

core::Result<void> Writer::commit_once(std::uint64_t to) {
  const core::BootTime begun = clock_.boot_now();
  auto report = committer_->commit(journal_, journal_.committed(), to);
  if (!report) return report.error();
  state_.commit_times.add(clock_.boot_now() - begun);
  gate_.exclusively([&] { journal_.release(report->position); });
  if (report->corrected) take_spans();
  count(*report);
  return {};
}

// The committer's are others than before, and the journal's come on top of them.
void Writer::take_spans() {
  const core::MutexLock lock(state_.mutex);  // appended, but not yet noted: waits here, or is in the journal
  state_.spans = committer_->summary().spans;
  for (const Point& point : gather(journal_, journal_.committed(), journal_.written(), SIZE_MAX).points) {
    state_.spans.note(point.series, point.time, point.time);
  }
}

// Behind the answers: nobody waits for it.
core::Result<void> Writer::maintain() {
  if (!committer_) return {};
  if (const auto now = clock_.boot_now(); now >= look_back_at_) {
    look_back_at_ = now + std::chrono::hours(1);
    if (const std::string dropped = drop_old_ways_back(options_.state_dir, clock_); !dropped.empty()) {
      logger_.notice("{}", dropped);
    }
  }
  Committer::Forgotten forgotten;
  auto done = committer_->maintain(forgotten);
  state_.duplicates += committer_->take_duplicates();
  state_.samples = static_cast<std::uint64_t>(committer_->summary().samples);
  auto tiers = committer_->take_tiers();
  if (done && !tiers) done = tiers.error();
  const core::MutexLock lock(state_.mutex);
  if (tiers && *tiers) state_.tiers = std::move(**tiers);
  for (const auto& [series, gone] : forgotten) state_.spans.forget(series, gone);
  return done;
}

void Writer::count(const CommitReport& report) {
  ++state_.commits;
  state_.duplicates += report.duplicates;
  state_.processed += report.readings;
  state_.samples = static_cast<std::uint64_t>(committer_->summary().samples);
  if (report.damaged != 0) logger_.error("{} bytes of the journal are damaged and lost", report.damaged);
}

void Writer::note_result(const core::Result<void>& result) {
  bool failing = false;
  {
    const core::MutexLock lock(state_.mutex);
    failing = !state_.error.empty();
    state_.error = result ? "" : result.error().text();
  }
  if (result) {
    backoff_ = {};
    if (failing) logger_.notice("history is written again");
    return;
  }
  let_committer_go();
  backoff_ = backoff_ == core::Duration::zero() ? kFirstBackoff : std::min(backoff_ * 2, kMostBackoff);
  retry_at_ = clock_.boot_now() + backoff_;
  if (!failing) {
    logger_.error("history cannot be written: {}; live data goes on, and the journal keeps what it can",
                  result.error().text());
  }
}

// What was held for this moment is let go: with it the oldest readings can be deleted, and the new ones take their
// place. Later a new beginning gives back what the WAL holds.
core::Result<void> Writer::commit_on_full_disk(const core::Error& why) {
  if (!disk_full_) {
    logger_.error("the disk is full ({}): the oldest readings give way to new ones until there is room again",
                  why.text());
  }
  state_.disk_full = disk_full_ = true;
  spare_.let_go();
  let_committer_go();
  return commit_all();
}

void Writer::try_full_service() {
  if (!spare_.hold(Limits::of(options_.budget).wal_most)) return;
  logger_.notice("the disk has room again: nothing gives way any more before its time");
  state_.disk_full = disk_full_ = false;
  let_committer_go();
}

// The next commit opens the database anew.
void Writer::let_committer_go() {
  if (committer_) written_before_ += committer_->written_bytes();
  committer_.reset();
  readers_.renew();  // so that no old connection keeps the old view of the WAL alive
}

void Writer::note_disk() {
  state_.bytes = bytes_in(options_.state_dir);
  state_.written_bytes = written_before_ + committer_->written_bytes();
}

void Writer::finish() {
  if (!committer_) return;
  if (auto done = committer_->finish(); !done) {
    logger_.warning("the database could not be tidied at the end: {}; nothing is lost", done.error().text());
  }
  committer_.reset();
  spare_.let_go();
  // For a start on a full disk; next to a small history it would be a large part of it.
  if (bytes_in(options_.state_dir) >= kSpareAtRestFrom) spare_.hold(kSpareAtRest);
}

}  // namespace telltale::store
