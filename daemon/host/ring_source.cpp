#include "daemon/host/ring_source.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

namespace telltale::host {

namespace {

// The producer shares the eventfd's open file and could make it blocking: never read it in a way that waits.
void clear_wake(int wake) {
  std::uint64_t count = 0;
  const iovec place{&count, sizeof count};
  if (::preadv2(wake, &place, 1, -1, RWF_NOWAIT) >= 0 || errno == EAGAIN) return;
  // Linux before 5.8 knows no such read of an eventfd, and qemu-user no such call. It is ours alone to read: what is
  // there now is there in the next moment.
  pollfd readable{wake, POLLIN, 0};
  if (::poll(&readable, 1, 0) != 1) return;
  [[maybe_unused]] const auto got = ::read(wake, &count, sizeof count);
}

}  // namespace

RingSource::RingSource(std::string input_id, core::Fd wake, const core::Clock& clock)
    : input_id_(std::move(input_id)), wake_(std::move(wake)), clock_(clock) {}

// What is not drained keeps its file, and is found at the next start; nothing is held back for a ring that is empty.
RingSource::~RingSource() {
  for (const GenerationPtr& generation : queue_) {
    if (generation->retired.load()) generation->reader.close();
    if (generation->reader.exhausted() && !generation->reader.has_unreleased()) finish(generation);
  }
}

void RingSource::add(std::shared_ptr<RingMapping> ring, bool retired) {
  auto generation = std::make_shared<Generation>(std::move(ring));
  generation->retired.store(retired);
  {
    const core::MutexLock lock(mutex_);
    for (const GenerationPtr& older : queue_) older->retired.store(true);
    queue_.push_back(std::move(generation));
  }
  files_.fetch_add(1);
  core::notify(wake_);
}

void RingSource::retire() {
  {
    const core::MutexLock lock(mutex_);
    if (queue_.empty()) return;
    queue_.back()->retired.store(true);
  }
  core::notify(wake_);
}

bool RingSource::suspect() const {
  const core::MutexLock lock(mutex_);
  return !queue_.empty() && queue_.back()->suspect.load(std::memory_order_relaxed);
}

std::size_t RingSource::waiting() const { return files_.load(); }

core::Fd RingSource::duplicate_wake() const { return core::Fd(::fcntl(wake_.get(), F_DUPFD_CLOEXEC, 0)); }

std::optional<core::WallTime> RingSource::last_reading_at() const {
  const std::int64_t at = last_reading_at_.load(std::memory_order_relaxed);
  if (at == 0) return std::nullopt;
  return core::WallTime(core::Duration(at));
}

RingSource::GenerationPtr RingSource::front() const {
  const core::MutexLock lock(mutex_);
  return queue_.empty() ? nullptr : queue_.front();
}

void RingSource::pop_front() {
  const core::MutexLock lock(mutex_);
  dropped_before_ += queue_.front()->ring->header().dropped.load(std::memory_order_relaxed);
  queue_.pop_front();
}

void RingSource::account(Generation& generation, std::uint64_t readings_before, std::uint64_t refused_before) {
  const RingReader& reader = generation.reader;
  const std::uint64_t readings = reader.handed_over() - readings_before;
  if (readings > 0) {
    readings_.fetch_add(readings, std::memory_order_relaxed);
    last_reading_at_.store(clock_.wall_now().time_since_epoch().count(), std::memory_order_relaxed);
  }
  corrupt_.fetch_add(reader.refused() - refused_before, std::memory_order_relaxed);
  if (reader.suspect()) generation.suspect.store(true, std::memory_order_relaxed);
}

bool RingSource::drain(core::SourceVisitor& visitor, std::size_t max_readings) {
  clear_wake(wake_.get());
  if (drain_awake(visitor, max_readings)) return true;
  const GenerationPtr generation = front();
  // What ended meanwhile is looked at once more.
  return generation != nullptr && (generation->reader.exhausted() || generation->reader.announce_sleep());
}

bool RingSource::drain_awake(core::SourceVisitor& visitor, std::size_t max_readings) {
  for (GenerationPtr generation = front(); generation != nullptr; generation = front()) {
    RingReader& reader = generation->reader;
    if (generation->retired.load()) reader.close();
    const std::uint64_t readings_before = reader.handed_over();
    const std::uint64_t refused_before = reader.refused();
    const bool more = reader.drain(visitor, max_readings);
    account(*generation, readings_before, refused_before);
    if (more) return true;
    // A ring that made no sense waits here for its producer's end; retire() wakes us then.
    if (!reader.exhausted()) return false;
    pop_front();
    if (reader.has_unreleased()) {
      drained_.push_back(generation);
    } else {
      finish(generation);
    }
    if (reader.handed_over() != readings_before) return front() != nullptr;
  }
  return false;
}

void RingSource::release() {
  for (const GenerationPtr& generation : drained_) finish(generation);
  drained_.clear();
  if (const GenerationPtr generation = front()) generation->reader.release();
}

void RingSource::finish(const GenerationPtr& generation) {
  ::unlink(generation->ring->path().c_str());
  files_.fetch_sub(1);
}

void RingSource::complain(const std::string& why) {
  const core::MutexLock lock(mutex_);
  complaint_ = why;
}

std::string RingSource::complaint() const {
  const core::MutexLock lock(mutex_);
  return complaint_;
}

core::ReadingSource::Counters RingSource::counters() const {
  const core::MutexLock lock(mutex_);
  std::uint64_t dropped = dropped_before_;
  for (const GenerationPtr& generation : queue_) {
    dropped += generation->ring->header().dropped.load(std::memory_order_relaxed);
  }
  return {readings_.load(std::memory_order_relaxed), dropped, corrupt_.load(std::memory_order_relaxed)};
}

}  // namespace telltale::host
