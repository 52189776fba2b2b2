// What is usual now, for rules on the pipeline's thread, which must not wait: what is not known yet is looked up by a
// thread of its own, once an hour for each series, the next hour some minutes before it begins. Made by app; of() from
// any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <tuple>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/mutex.h"
#include "daemon/rules/usual.h"

namespace telltale::app {

class UsualDesk final : public rules::UsualSource {
 public:
  static constexpr std::size_t kMostWaiting = 8192;  // beyond, it is asked for again later
  static constexpr std::size_t kMostKnown = 16'384;  // then those that nobody asked for meanwhile go
  static constexpr core::Duration kAhead = std::chrono::minutes(10);

  // `history` outlives this.
  explicit UsualDesk(core::HistoryReader& history) : history_(history) {}
  UsualDesk(const UsualDesk&) = delete;
  UsualDesk& operator=(const UsualDesk&) = delete;
  ~UsualDesk() override;
  // Begins to answer; more than once does nothing. One thread.
  void start();

  // Unknown until the thread has looked it up.
  [[nodiscard]] rules::Usual of(const rules::UsualQuestion& question) override TELLTALE_EXCLUDES(mutex_);
  // Lookups of the history so far.
  [[nodiscard]] std::uint64_t lookups() const TELLTALE_EXCLUDES(mutex_);
  // Questions that it has not come to yet.
  [[nodiscard]] std::size_t waiting() const TELLTALE_EXCLUDES(mutex_);

 private:
  using Key = std::tuple<core::SeriesId, int, std::string, core::WallTime>;  // series, weeks, zone, hour
  struct Entry {
    bool asked_ahead = false;
    rules::Usual usual;
  };
  [[nodiscard]] static Key key_of(const rules::UsualQuestion& question);
  // The entry; a new one is asked for. nullptr when too many wait.
  Entry* entry_of(const rules::UsualQuestion& question) TELLTALE_REQUIRES(mutex_);
  void run() TELLTALE_EXCLUDES(mutex_);

  core::HistoryReader& history_;
  mutable core::Mutex mutex_;
  core::Condition wake_;
  bool stopping_ TELLTALE_GUARDED_BY(mutex_) = false;
  std::uint64_t lookups_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::map<Key, Entry> known_ TELLTALE_GUARDED_BY(mutex_);
  std::map<Key, Entry> before_ TELLTALE_GUARDED_BY(mutex_);  // what was known when known_ was full the last time
  std::deque<rules::UsualQuestion> waiting_ TELLTALE_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace telltale::app
