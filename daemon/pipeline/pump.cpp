#include "daemon/pipeline/pump.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/epoll.h>

namespace telltale::pipeline {

namespace {

// Readings that come one by one, hundreds a second, would wake us for each. A source that had some less than half as
// long again before need not say that it has more: we look at it after this time. One after a pause is taken at once.
constexpr core::Duration kGather = std::chrono::milliseconds(2);
constexpr int kGatherMs = 2;
// Between two turns of a source that floods, while the journal has little room. Its readings stay live.
constexpr core::Duration kTurnWhenTight = std::chrono::milliseconds(100);
constexpr int kSlideMs = 1000;  // how often the windows that somebody watches slide without a reading

void watch_fd(const core::Fd& epoll, int fd, void* tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = tag;
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
}

void clear_fd(int fd) {
  core::Fd borrowed(fd);
  core::clear(borrowed);
  static_cast<void>(borrowed.release());
}

}  // namespace

Pump::Pump(Engine& engine, RequestQueue& requests, core::Fd epoll, Pulse pulse)
    : engine_(engine), requests_(requests), epoll_(std::move(epoll)), pulse_(std::move(pulse)) {
  watch_fd(epoll_, requests_.wake_fd(), nullptr);
}

void Pump::start() {
  thread_ = std::thread([this] { run(); });
}

void Pump::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  requests_.wake();
  thread_.join();
}

void Pump::attach(std::shared_ptr<core::ReadingSource> source) {
  const int fd = source->wake_fd();
  Attached& attached = sources_.emplace_back(std::move(source), engine_);
  watch_fd(epoll_, fd, &attached);
}

void Pump::detach(const core::ReadingSource& source) {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Attached& attached) { return &attached.feed.source() == &source; });
  if (found == sources_.end()) return;
  drain_all(found->feed);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source.wake_fd(), nullptr);
  sources_.erase(found);
}

void Pump::drain_all(SourceFeed& feed) {
  // A producer that never stops must not hold us: a ring holds far fewer readings than this many turns.
  for (int turn = 0; turn < 1024; ++turn) {
    engine_.begin_pass();
    const bool more = feed.drain(kTurn);
    static_cast<void>(engine_.finish_pass());
    feed.release();
    if (!more) return;
  }
}

void Pump::run() {
  core::name_thread("pipeline");
  while (!stopping_.load(std::memory_order_acquire)) {
    if (wait()) run_requests();
    drain_ready();
    give_pulse();
  }
  run_requests();
  for (Attached& attached : sources_) drain_all(attached.feed);
}

int Pump::patience() const {
  const auto any = [this](bool Attached::*what) {
    return std::any_of(sources_.begin(), sources_.end(), [what](const Attached& one) { return one.*what; });
  };
  if (any(&Attached::ready)) return 0;
  if (any(&Attached::awake)) return kGatherMs;
  int longest = engine_.has_watches() || engine_.has_seconds() ? kSlideMs : -1;
  if (pulse_.give) {
    const auto until = std::chrono::duration_cast<std::chrono::milliseconds>(pulse_.every).count();
    const int pulse_ms = static_cast<int>(std::clamp<std::int64_t>(until, 1, 60'000));
    longest = longest < 0 ? pulse_ms : std::min(longest, pulse_ms);
  }
  return longest;
}

void Pump::give_pulse() {
  if (!pulse_.give || engine_.boot_now() < next_pulse_) return;
  next_pulse_ = engine_.boot_now() + pulse_.every;
  pulse_.give();
}

// Whether there are requests.
bool Pump::wait() {
  std::array<epoll_event, 64> events{};
  const int timeout = patience();
  bool requests = false;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
  for (int i = 0; i < count; ++i) {
    auto* const attached = static_cast<Attached*>(events.at(static_cast<std::size_t>(i)).data.ptr);
    if (attached == nullptr) {
      requests = true;
    } else {
      attached->ready = attached->signalled = true;
    }
  }
  engine_.begin_pass();
  // Due by the clock, not by the time-out: rings may keep us busy.
  if (engine_.has_watches() && engine_.boot_now() >= next_slide_) {
    next_slide_ = engine_.boot_now() + std::chrono::milliseconds(kSlideMs);
    engine_.slide_watches();
  }
  if (engine_.boot_now() >= next_second_ && engine_.has_seconds()) {
    next_second_ = engine_.boot_now() + std::chrono::milliseconds(kSlideMs);
    engine_.each_second();
  }
  return requests;
}

void Pump::run_requests() {
  for (const RequestQueue::Request& request : requests_.take()) request(engine_);
}

void Pump::turn(Attached& attached) {
  attached.last_turn = engine_.boot_now();
  const bool soon = attached.last_turn - attached.last_found < kGather + kGather / 2;
  const std::uint64_t before = attached.feed.taken();
  if (std::exchange(attached.signalled, false) && soon) clear_fd(attached.feed.source().wake_fd());
  bool more = soon ? attached.feed.drain_awake(kTurn) : attached.feed.drain(kTurn);
  const bool found = attached.feed.taken() != before;
  if (found) attached.last_found = attached.last_turn;
  attached.awake = soon && found;
  if (soon && !found && !more) more = attached.feed.drain(kTurn);
  attached.ready = attached.floods = more;
}

void Pump::drain_ready() {
  std::size_t drained = 0;
  engine_.begin_pass();
  const bool tight = engine_.history().tight();
  bool held = false;
  for (Attached& attached : sources_) {
    if (!attached.ready && !attached.awake) continue;
    // One that publishes more than can be kept loses its own readings, in its own ring, and nobody else's.
    if (tight && attached.floods && engine_.boot_now() - attached.last_turn < kTurnWhenTight) {
      held = true;
      continue;
    }
    turn(attached);
    ++drained;
  }
  if (drained == 0) {
    if (held) std::this_thread::sleep_for(kGather);
    return;
  }
  // A refused journal is counted there; the ring is not held back by a disk, or live would wait for history.
  static_cast<void>(engine_.finish_pass());
  for (Attached& attached : sources_) attached.feed.release();
}

}  // namespace telltale::pipeline
