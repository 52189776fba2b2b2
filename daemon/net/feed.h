// One distinct subscription: the same selectors at the same rate in the same form. Encodes each reading once, for all
// who watch. Owned by the hub and by its subscriptions; net thread.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "daemon/core/interfaces/live.h"
#include "daemon/net/frame_ring.h"
#include "daemon/net/live_form.h"
#include "daemon/net/live_limits.h"

namespace telltale::net {

class Subscription;

struct FeedKey {
  std::vector<std::string> selectors;  // sorted, each once
  std::int64_t period_ns = 0;          // of frames, at least
  LiveForm form = LiveForm::kJson;
  friend bool operator<(const FeedKey& a, const FeedKey& b) {
    return std::tie(a.selectors, a.period_ns, a.form) < std::tie(b.selectors, b.period_ns, b.form);
  }
};

class Feed {
 public:
  struct Origin {
    core::BootTime boot{};
    core::WallTime wall{};
  };
  Feed(FeedKey key, std::vector<core::Selector> selectors, const LiveLimits& limits, Origin now);
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  ~Feed() = default;

  [[nodiscard]] const FeedKey& key() const { return key_; }
  [[nodiscard]] const std::vector<core::Selector>& selectors() const { return selectors_; }

  // Series. A ref, once given, means the same series for as long as the feed lives.
  [[nodiscard]] std::optional<std::uint32_t> find(core::SeriesId series,
                                                  const std::optional<core::WindowStat>& statistic) const;
  // `source`: the id under which its readings come: the series' own, or a watch's.
  std::uint32_t add(core::SeriesPtr series, std::optional<core::WindowStat> statistic, core::SeriesId source);
  // The series is shown otherwise now: announces it again. False when it is none of this feed's.
  bool update(const core::SeriesPtr& series);
  [[nodiscard]] bool full() const { return refs_.size() >= limits_.series; }
  [[nodiscard]] std::size_t size() const { return refs_.size(); }
  [[nodiscard]] std::vector<core::SeriesId> sources() const;

  // Announcements: positions in the order of series() messages. A viewer has seen the first `n` of `round`.
  struct Announced {
    std::uint32_t round = 0;
    std::size_t count = 0;
  };
  // What follows `seen` as the body of a `series` message; empty when there is nothing.
  [[nodiscard]] FrameBody announce(Announced& seen);

  // Readings.
  // The latest values, as the pipeline had them. What comes too late for the first frame goes with the next.
  void prime(const std::vector<core::LatestRow>& rows);
  [[nodiscard]] bool primed() const { return primed_; }
  [[nodiscard]] core::BootTime created() const { return created_; }
  void take(std::uint32_t ref, const core::Reading& reading, std::string_view text);
  void lose(GapSpan span);  // readings that nobody will bring
  [[nodiscard]] bool waiting() const { return !pending_->empty() || lost_.has_value(); }
  [[nodiscard]] core::BootTime due() const { return due_; }
  // Makes frames of what waits; tells the subscriptions. How old the oldest reading in them is, of those whose time
  // was given on this device.
  std::optional<core::Duration> flush(Origin now, std::size_t ring_bytes);
  // The newest state as the body of a `data` message, up to the newest frame; none when nothing is known.
  [[nodiscard]] FrameBody snapshot();
  [[nodiscard]] const FrameRing& ring() const { return ring_; }
  [[nodiscard]] std::uint64_t encodings() const { return encodings_; }

  void join(Subscription* subscription) { subscriptions_.insert(subscription); }
  void leave(Subscription* subscription) { subscriptions_.erase(subscription); }
  void set_left(core::BootTime when) { left_ = when; }
  [[nodiscard]] core::BootTime left() const { return left_; }  // by its last subscription
  [[nodiscard]] bool watched() const { return !subscriptions_.empty(); }
  void wake();

 private:
  struct State {
    std::int64_t time_ms = 0;
    double value = 0;
    std::string text;
    core::Quality quality = core::Quality::kGood;
    bool known = false;
  };
  struct Ref {
    core::SeriesPtr series;
    std::optional<core::WindowStat> statistic;
    core::SeriesId source;
    State sent;    // as of the newest frame
    State newest;  // of what waits, when `waits`
    bool waits = false;
  };

  void add_state(RowWriter& out, std::uint32_t ref, const State& state) const;
  void collapse();
  void push_gap(Origin now, std::size_t ring_bytes);
  void push_rows(Origin now, std::size_t ring_bytes);
  void settle();

  // Constant after construction.
  FeedKey key_;
  std::vector<core::Selector> selectors_;
  LiveLimits limits_;
  const LiveEncoder& encoder_;
  core::BootTime created_;

  std::vector<Ref> refs_;
  std::map<std::pair<core::SeriesId, std::string>, std::uint32_t> by_series_;
  std::vector<std::uint32_t> announcements_;
  std::uint32_t round_ = 0;
  FrameBody announcement_;  // the last made, with what it covers
  std::pair<std::size_t, std::size_t> announcement_span_{0, 0};

  bool primed_ = false;
  core::BootTime due_{};
  std::unique_ptr<RowWriter> pending_;  // rows of the next frame
  std::size_t collapse_at_;             // bytes of them
  std::vector<std::uint32_t> waiting_;  // refs with something in pending_
  GapSpan pending_times_{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  std::optional<core::WallTime> oldest_;  // of what waits, by the clock of this device
  std::optional<GapSpan> lost_;
  FrameRing ring_;
  FrameBody snapshot_;  // of the newest frame; none: to be made
  std::uint64_t encodings_ = 0;
  std::set<Subscription*> subscriptions_;
  core::BootTime left_{};
};

}  // namespace telltale::net
