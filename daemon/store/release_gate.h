// Keeps journal space from being released while a query copies the journal's tail: readers share, the releasing writer
// waits for those inside and goes before those who come later. Any thread.
#pragma once

#include <cstdint>

#include "daemon/core/mutex.h"

namespace telltale::store {

class ReleaseGate {
 public:
  void enter() TELLTALE_EXCLUDES(mutex_) {
    const core::MutexLock lock(mutex_);
    while (releasing_) changed_.wait(mutex_);
    ++inside_;
  }
  void leave() TELLTALE_EXCLUDES(mutex_) {
    const core::MutexLock lock(mutex_);
    if (--inside_ == 0) changed_.notify_all();
  }
  // Runs `release` with nobody inside. From the writer alone.
  template <class Release>
  void exclusively(const Release& release) TELLTALE_EXCLUDES(mutex_) {
    const core::MutexLock lock(mutex_);
    releasing_ = true;
    while (inside_ != 0) changed_.wait(mutex_);
    release();
    releasing_ = false;
    changed_.notify_all();
  }

 private:
  core::Mutex mutex_;
  core::Condition changed_;
  std::uint32_t inside_ TELLTALE_GUARDED_BY(mutex_) = 0;
  bool releasing_ TELLTALE_GUARDED_BY(mutex_) = false;
};

class InsideGate {
 public:
  explicit InsideGate(ReleaseGate& gate) : gate_(gate) { gate_.enter(); }
  InsideGate(const InsideGate&) = delete;
  InsideGate& operator=(const InsideGate&) = delete;
  ~InsideGate() { gate_.leave(); }

 private:
  ReleaseGate& gate_;
};

}  // namespace telltale::store
