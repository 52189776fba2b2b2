#include "daemon/store/reader_pool.h"

#include <chrono>
#include <optional>

namespace telltale::store {

namespace {

constexpr auto kCancelCheck = std::chrono::milliseconds(50);  // a cancel flag wakes nobody

}  // namespace

core::Result<ReaderPool::Lease> ReaderPool::take(const std::atomic<bool>* cancel) {
  std::uint64_t generation = 0;
  std::optional<Database> ready;
  {
    const core::MutexLock lock(mutex_);
    while (!closed_ && lent_ == kMost) {
      if (cancel != nullptr && cancel->load()) {
        return core::make_error(core::ErrorCode::kTimeout, "the query was cancelled");
      }
      changed_.wait_for(mutex_, kCancelCheck);
    }
    if (closed_) return core::make_error(core::ErrorCode::kUnavailable, "the store is closed");
    ++lent_;
    generation = generation_;
    if (!idle_.empty()) {
      ready = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (ready) return Lease(*this, std::move(*ready), generation);
  auto opened = Database::open(path_, Database::Access::kReadOnly, vfs_);
  if (opened) return Lease(*this, std::move(*opened), generation);
  const core::MutexLock lock(mutex_);
  --lent_;
  changed_.notify_all();
  return opened.error();
}

void ReaderPool::give_back(Database database, std::uint64_t generation) {
  std::optional<Database> unwanted;  // closed after the lock
  const core::MutexLock lock(mutex_);
  if (generation == generation_ && !closed_) {
    idle_.push_back(std::move(database));
  } else {
    unwanted = std::move(database);
    unwanted.reset();
  }
  --lent_;
  changed_.notify_all();
}

void ReaderPool::renew() {
  std::vector<Database> old;
  const core::MutexLock lock(mutex_);
  old.swap(idle_);
  ++generation_;
}

void ReaderPool::close() {
  const core::MutexLock lock(mutex_);
  closed_ = true;
  idle_.clear();
  changed_.notify_all();
  while (lent_ != 0) changed_.wait(mutex_);
}

}  // namespace telltale::store
