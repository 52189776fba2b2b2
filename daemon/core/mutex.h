// A mutex that Clang's thread-safety analysis understands (libstdc++'s is not annotated).
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define TELLTALE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define TELLTALE_THREAD_ATTRIBUTE(x)
#endif
#define TELLTALE_GUARDED_BY(x) TELLTALE_THREAD_ATTRIBUTE(guarded_by(x))
#define TELLTALE_REQUIRES(...) TELLTALE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define TELLTALE_EXCLUDES(...) TELLTALE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace telltale::core {

class TELLTALE_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  ~Mutex() = default;
  void lock() TELLTALE_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() TELLTALE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  bool try_lock() TELLTALE_THREAD_ATTRIBUTE(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

class TELLTALE_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) TELLTALE_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() TELLTALE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

// Waits on a Mutex: `condition.wait(mutex)` inside a loop that holds it.
using Condition = std::condition_variable_any;

}  // namespace telltale::core
