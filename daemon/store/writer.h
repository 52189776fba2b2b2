// The writer: the only thread that writes the database, and the only one that checkpoints it. Reads the journal itself,
// commits every interval, or within 50 ms while somebody waits, or when the journal is half full. After a failed commit
// the connection is thrown away; a new one is tried with back-off, from what the file says it has.
// Owned by Store. open() and stop() from the main thread; the rest from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/log.h"
#include "daemon/core/mutex.h"
#include "daemon/store/committer.h"
#include "daemon/store/journal.h"
#include "daemon/store/reader_pool.h"
#include "daemon/store/release_gate.h"
#include "daemon/store/shared_state.h"
#include "daemon/store/spare.h"
#include "daemon/store/store.h"

namespace telltale::store {

class Writer {
 public:
  using Done = std::function<void(core::Result<void>)>;
  static constexpr std::size_t kMostWaiting = 4096;  // beyond, when_durable() refuses at once

  Writer(const StoreOptions& options, const core::Clock& clock, core::Logger logger, Journal& journal,
         ReleaseGate& gate, SharedState& state, ReaderPool& readers)
      : options_(options),
        clock_(clock),
        logger_(std::move(logger)),
        journal_(journal),
        gate_(gate),
        state_(state),
        readers_(readers),
        spare_(options.state_dir) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { stop(); }

  // Commits what the journal holds, on the calling thread, then starts the thread. A commit that fails is shown in
  // SharedState::error and tried again later: live data does not wait for the disk.
  // `disk_full`: the committer keeps within the file.
  void start(std::unique_ptr<Committer> committer, bool disk_full);
  void stop() TELLTALE_EXCLUDES(mutex_);
  // The journal is half full. Cheap when it was said already.
  void kick() TELLTALE_EXCLUDES(mutex_);
  void when_durable(std::uint64_t position, Done done) TELLTALE_EXCLUDES(mutex_);
  // At once, whatever the back-off says.
  [[nodiscard]] core::Result<void> commit_now() TELLTALE_EXCLUDES(mutex_);

 private:
  struct Waiter {
    std::uint64_t position = 0;
    Done done;
  };

  void run() TELLTALE_EXCLUDES(mutex_);
  [[nodiscard]] core::BootTime due() const TELLTALE_REQUIRES(mutex_);
  void wait_until_due() TELLTALE_REQUIRES(mutex_);
  void add_waiter(Waiter waiter, bool urgent) TELLTALE_EXCLUDES(mutex_);
  void pass(bool forced) TELLTALE_EXCLUDES(mutex_);
  static void answer(const std::vector<Waiter>& waiters, std::uint64_t committed, const core::Result<void>& result);

  // Of the writer's thread.
  [[nodiscard]] core::Result<void> commit_all();
  [[nodiscard]] core::Result<void> reopen();
  [[nodiscard]] core::Result<void> commit_once(std::uint64_t to);
  [[nodiscard]] core::Result<void> maintain();
  void tidy();
  void take_spans() TELLTALE_EXCLUDES(state_.mutex);
  void count(const CommitReport& report);
  void note_result(const core::Result<void>& result);
  [[nodiscard]] core::Result<void> commit_on_full_disk(const core::Error& why);
  void try_full_service();
  void let_committer_go();
  void note_disk();
  void finish();

  const StoreOptions& options_;
  const core::Clock& clock_;
  const core::Logger logger_;
  Journal& journal_;
  ReleaseGate& gate_;
  SharedState& state_;
  ReaderPool& readers_;

  std::unique_ptr<Committer> committer_;  // null after a failure
  std::uint64_t written_before_ = 0;      // by committers thrown away
  Spare spare_;
  bool disk_full_ = false;
  core::Duration backoff_{};
  core::BootTime last_commit_{};
  core::BootTime retry_at_{};
  core::BootTime look_back_at_{};  // for copies of before an update that have had their time
  core::Result<void> last_result_;

  std::atomic<bool> kicked_{false};
  core::Mutex mutex_;
  core::Condition changed_;
  std::vector<Waiter> waiters_ TELLTALE_GUARDED_BY(mutex_);
  core::BootTime answer_by_ TELLTALE_GUARDED_BY(mutex_){};  // when waiters_ is not empty
  bool urgent_ TELLTALE_GUARDED_BY(mutex_) = false;
  bool stopping_ TELLTALE_GUARDED_BY(mutex_) = false;
  bool started_ TELLTALE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace telltale::store
