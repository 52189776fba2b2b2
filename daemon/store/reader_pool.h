// At most four read-only connections for queries. Whoever finds none free waits until one is, or until the query is
// cancelled. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/mutex.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

class ReaderPool {
 public:
  static constexpr std::uint32_t kMost = 4;

  // A connection on loan.
  class Lease {
   public:
    Lease(ReaderPool& pool, Database database, std::uint64_t generation)
        : pool_(&pool), database_(std::move(database)), generation_(generation) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          database_(std::move(other.database_)),
          generation_(other.generation_) {}
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(std::move(database_), generation_);
    }
    [[nodiscard]] Database& database() { return database_; }

   private:
    ReaderPool* pool_;
    Database database_;
    std::uint64_t generation_;
  };

  ReaderPool(std::string path, std::string vfs) : path_(std::move(path)), vfs_(std::move(vfs)) {}

  // ErrorCode::kTimeout: cancelled while waiting; kUnavailable: closed.
  [[nodiscard]] core::Result<Lease> take(const std::atomic<bool>* cancel) TELLTALE_EXCLUDES(mutex_);
  // Closes what is open now; those on loan when they come back.
  void renew() TELLTALE_EXCLUDES(mutex_);
  // Refuses from now on, and waits until all are back.
  void close() TELLTALE_EXCLUDES(mutex_);

 private:
  void give_back(Database database, std::uint64_t generation) TELLTALE_EXCLUDES(mutex_);

  const std::string path_;
  const std::string vfs_;
  core::Mutex mutex_;
  core::Condition changed_;
  std::vector<Database> idle_ TELLTALE_GUARDED_BY(mutex_);
  std::uint32_t lent_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::uint64_t generation_ TELLTALE_GUARDED_BY(mutex_) = 0;
  bool closed_ TELLTALE_GUARDED_BY(mutex_) = false;
};

}  // namespace telltale::store
