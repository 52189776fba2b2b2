// Readings from the pipeline to everybody who watches. publish() is called by the pipeline's thread; all else on the
// net thread. One Feed per distinct subscription encodes, viewers share. Owned by the server.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/latency.h"
#include "daemon/core/log.h"
#include "daemon/core/mutex.h"
#include "daemon/net/event_loop.h"
#include "daemon/net/feed.h"
#include "daemon/net/live_limits.h"
#include "daemon/net/publish_queue.h"

namespace telltale::net {

class Viewer;
struct Outgoing;

class LiveHub final : public core::LiveSink {
 public:
  struct Parts {
    core::Catalog& catalog;
    core::PipelinePort& pipeline;
    const core::Clock& clock;
    std::shared_ptr<EventLoop> loop;
    core::Logger log;
    std::string version;
    std::string boot_id;
  };
  LiveHub(Parts parts, const LiveLimits& limits);
  LiveHub(const LiveHub&) = delete;
  LiveHub& operator=(const LiveHub&) = delete;
  ~LiveHub() override;

  void publish(core::LiveBatch batch) override;  // pipeline's thread
  // Viewers are told of a gap there, and ask for it again. Pipeline's thread.
  void rewritten(core::WallTime from, core::WallTime to) override;

  // Once a second: new and changed series, feeds that nobody came back to.
  void tick();
  // Lets go of everything: viewers get nothing more, the pipeline's watches end.
  void shut_down();

  // For viewers.
  struct Joined {
    std::shared_ptr<Feed> feed;
    std::string warning;  // what of it cannot be shown
  };
  [[nodiscard]] core::Result<Joined> join(const std::vector<std::string>& texts, std::optional<double> rate,
                                          LiveForm form);
  void end(std::unique_ptr<Subscription> subscription);
  void enter(Viewer* viewer) { viewers_.insert(viewer); }
  void exit(Viewer* viewer) { viewers_.erase(viewer); }
  void count_sent(const Outgoing& message);
  [[nodiscard]] const LiveLimits& limits() const { return limits_; }
  [[nodiscard]] const core::Clock& clock() const { return parts_.clock; }
  [[nodiscard]] const std::string& version() const { return parts_.version; }
  [[nodiscard]] const std::string& boot_id() const { return parts_.boot_id; }

  struct Stats {
    std::uint64_t readings = 0;   // taken from the queue
    std::uint64_t dropped = 0;    // the queue was full
    std::uint64_t waiting = 0;    // readings in the queue, now
    std::uint64_t viewers = 0;    // now
    std::uint64_t feeds = 0;      // now
    std::uint64_t encodings = 0;  // frames made
    std::uint64_t frames = 0;     // frames handed to connections
    std::uint64_t gaps = 0;       // announced to viewers
    std::uint64_t bytes = 0;      // of messages handed to connections
    core::LatencyCounts latency;  // from the oldest reading of a frame, by its own time, to the frame
  };
  [[nodiscard]] Stats stats() const;

 private:
  void wake();
  struct Listener {
    Feed* feed = nullptr;
    std::uint32_t ref = 0;
  };
  struct Entry {
    core::SeriesPtr series;  // none: a watch
    std::vector<Listener> listeners;
  };

  void drain();
  void deliver(const core::ReadingBatch& batch);
  void flush_due();
  [[nodiscard]] Feed::Origin now() const;
  [[nodiscard]] std::size_t ring_share() const;
  Entry* introduce(core::SeriesId id);
  void add_to_feed(Feed& feed, const core::SeriesPtr& series, std::string& warning);
  void refresh();
  void ask_latest(const std::shared_ptr<Feed>& feed);
  void prime(Feed& feed, const std::vector<core::LatestRow>& rows);
  void release(const Feed& feed);
  void drop(Feed& feed);
  void touch(Feed* feed);

  // Constant after construction.
  Parts parts_;
  LiveLimits limits_;
  std::shared_ptr<LiveHub*> self_;  // what later tasks look at: none after the end. Net thread.

  PublishQueue queue_;               // any thread
  std::atomic<bool> wanted_{false};  // any thread: there is a feed, or will be at once
  std::unique_ptr<LoopTimer> timer_;
  std::unordered_map<core::SeriesId, Entry> index_;
  std::uint64_t generation_ = 0;
  std::map<FeedKey, std::shared_ptr<Feed>> feeds_;
  std::vector<Feed*> dirty_;                                  // with something that waits for its tick
  std::deque<std::pair<core::BootTime, FeedKey>> lingering_;  // without viewers since
  std::set<Viewer*> viewers_;
  core::LiveBatch taken_;  // a batch that was begun, and how far
  Stats stats_;
};

}  // namespace telltale::net
