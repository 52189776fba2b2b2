#include "daemon/net/live_hub.h"

#include <algorithm>
#include <cmath>

#include "daemon/net/subscription.h"
#include "daemon/net/viewer.h"

namespace telltale::net {

LiveHub::LiveHub(Parts parts, const LiveLimits& limits)
    : parts_(std::move(parts)),
      limits_(limits),
      self_(std::make_shared<LiveHub*>(this)),
      queue_(limits.queue_readings),
      timer_(parts_.loop->make_timer([this] { flush_due(); })) {}

LiveHub::~LiveHub() { shut_down(); }

void LiveHub::shut_down() {
  if (*self_ == nullptr) return;
  *self_ = nullptr;
  timer_->cancel();
  for (Viewer* viewer : viewers_) viewer->detach();
  viewers_.clear();
  dirty_.clear();
  lingering_.clear();
  wanted_ = false;
  auto feeds = std::move(feeds_);
  feeds_.clear();
  for (auto& [key, feed] : feeds) {
    release(*feed);
  }
  index_.clear();
}

void LiveHub::publish(core::LiveBatch batch) {
  // Nobody watches: the net thread sleeps on. What is left out here is part of what the first feed asks for, below.
  if (!wanted_.load()) return;
  if (queue_.put(std::move(batch))) wake();
}

void LiveHub::rewritten(core::WallTime from, core::WallTime to) {
  if (wanted_.load() && queue_.lose({core::to_ms(from), core::to_ms(to)})) wake();
}

void LiveHub::wake() {
  parts_.loop->post([self = self_] {
    if (*self != nullptr) (*self)->drain();
  });
}

Feed::Origin LiveHub::now() const { return {parts_.clock.boot_now(), parts_.clock.wall_now()}; }

std::size_t LiveHub::ring_share() const {
  const std::size_t share = limits_.all_rings_bytes / std::max<std::size_t>(1, feeds_.size());
  return std::min(limits_.ring_bytes, share);
}

void LiveHub::touch(Feed* feed) {
  if (!feed->waiting()) dirty_.push_back(feed);
}

void LiveHub::drain() {
  std::size_t done = 0;
  bool more = true;
  while (more && done < limits_.drain_readings) {
    const PublishQueue::Taken taken = queue_.take();
    if (taken.lost) {
      for (auto& [key, feed] : feeds_) {
        touch(feed.get());
        feed->lose(*taken.lost);
      }
    }
    more = taken.batch != nullptr;
    if (!more) break;
    deliver(*taken.batch);
    done += taken.batch->size();
  }
  flush_due();
  if (!more) return;
  parts_.loop->post([self = self_] {
    if (*self != nullptr) (*self)->drain();
  });
}

void LiveHub::deliver(const core::ReadingBatch& batch) {
  stats_.readings += batch.size();
  for (const core::Reading& reading : batch.readings()) {
    const auto found = index_.find(reading.series);
    Entry* entry = found == index_.end() ? introduce(reading.series) : &found->second;
    if (entry == nullptr) continue;
    for (const Listener& listener : entry->listeners) {
      touch(listener.feed);
      listener.feed->take(listener.ref, reading, batch.text_of(reading));
    }
  }
}

void LiveHub::flush_due() {
  const Feed::Origin at = now();
  const std::size_t share = ring_share();
  std::optional<core::BootTime> next;
  std::vector<Feed*> later;
  for (Feed* feed : dirty_) {
    if (feed->due() <= at.boot) {
      if (const auto late = feed->flush(at, share)) stats_.latency.add(*late);
    } else {
      next = next ? std::min(*next, feed->due()) : feed->due();
      later.push_back(feed);
    }
  }
  dirty_ = std::move(later);
  if (next) timer_->arm(*next - at.boot);
}

// A series that brought its first reading: whoever selects it gets it from this one on.
LiveHub::Entry* LiveHub::introduce(core::SeriesId id) {
  if (id.is_watch()) return nullptr;
  core::SeriesPtr series = parts_.catalog.find(id);
  if (series == nullptr) return nullptr;
  Entry& entry = index_[id];
  entry.series = series;
  std::string ignored;
  for (auto& [key, feed] : feeds_) {
    const std::size_t before = feed->size();
    add_to_feed(*feed, series, ignored);
    if (feed->size() != before) feed->wake();
  }
  return &index_[id];
}

void LiveHub::add_to_feed(Feed& feed, const core::SeriesPtr& series, std::string& warning) {
  for (const core::Selector& selector : feed.selectors()) {
    if (!selector.matches(series->declaration.key) || feed.find(series->id, selector.window_stat())) continue;
    if (feed.full()) {
      warning = "only the first " + std::to_string(limits_.series) + " series are shown: select fewer";
      return;
    }
    core::SeriesId source = series->id;
    if (selector.window_stat()) {
      const auto watch = parts_.pipeline.watch(series->id, *selector.window_stat());
      if (!watch) {
        // Not everything that a pattern matches has statistics (events): that is no news.
        if (watch.error().code == core::ErrorCode::kLimit || watch.error().code == core::ErrorCode::kUnavailable) {
          warning = watch.error().text();
        }
        continue;
      }
      source = *watch;
    }
    index_[source].listeners.push_back({&feed, feed.add(series, selector.window_stat(), source)});
  }
}

core::Result<LiveHub::Joined> LiveHub::join(const std::vector<std::string>& texts, std::optional<double> rate,
                                            LiveForm form) {
  if (texts.empty() || texts.size() > limits_.selectors) {
    return core::make_error(core::ErrorCode::kLimit,
                            "a subscription has 1 to " + std::to_string(limits_.selectors) + " selectors");
  }
  FeedKey key{texts, 0, form};
  std::sort(key.selectors.begin(), key.selectors.end());
  key.selectors.erase(std::unique(key.selectors.begin(), key.selectors.end()), key.selectors.end());
  const double frames = std::clamp(rate.value_or(limits_.default_rate), limits_.minimum_rate, limits_.maximum_rate);
  key.period_ns = std::llround(1e9 / frames);
  if (const auto found = feeds_.find(key); found != feeds_.end()) {
    return Joined{found->second, {}};
  }
  if (feeds_.size() >= limits_.feeds) {
    return core::make_error(core::ErrorCode::kLimit, "the device serves as many different subscriptions as it can");
  }
  std::vector<core::Selector> selectors;
  for (const std::string& text : key.selectors) {
    auto selector = core::Selector::parse(text);
    if (!selector) return selector.error();
    selectors.push_back(std::move(*selector));
  }
  Joined joined{std::make_shared<Feed>(key, selectors, limits_, now()), {}};
  for (const core::Selector& selector : selectors) {
    for (const core::SeriesPtr& series : parts_.catalog.match(selector)) {
      if (index_.find(series->id) == index_.end()) introduce(series->id);
      add_to_feed(*joined.feed, series, joined.warning);
    }
  }
  feeds_.emplace(std::move(key), joined.feed);
  wanted_ = true;  // before the pipeline is asked: nothing falls between
  ask_latest(joined.feed);
  return joined;
}

void LiveHub::ask_latest(const std::shared_ptr<Feed>& feed) {
  parts_.pipeline.latest(feed->selectors(), [self = self_, loop = parts_.loop, weak = std::weak_ptr<Feed>(feed)](
                                                core::Result<std::vector<core::LatestRow>> rows) {
    auto shared = std::make_shared<std::vector<core::LatestRow>>();
    if (rows) *shared = std::move(*rows);
    loop->post([self, weak, shared] {
      const auto target = weak.lock();
      if (*self != nullptr && target != nullptr) (*self)->prime(*target, *shared);
    });
  });
}

void LiveHub::prime(Feed& feed, const std::vector<core::LatestRow>& rows) {
  const bool late = feed.primed();
  if (late) touch(&feed);
  feed.prime(rows);
  if (late) flush_due();
}

void LiveHub::end(std::unique_ptr<Subscription> subscription) {
  const std::shared_ptr<Feed> feed = subscription->feed();
  subscription.reset();
  if (feed->watched() || feeds_.find(feed->key()) == feeds_.end()) return;
  feed->set_left(parts_.clock.boot_now());
  lingering_.emplace_back(feed->left(), feed->key());
  while (lingering_.size() > limits_.lingering) {
    const auto oldest = feeds_.find(lingering_.front().second);
    lingering_.pop_front();
    if (oldest != feeds_.end() && !oldest->second->watched()) drop(*oldest->second);
  }
}

void LiveHub::release(const Feed& feed) {
  for (const core::SeriesId source : feed.sources()) {
    if (source.is_watch()) parts_.pipeline.unwatch(source);
  }
}

void LiveHub::drop(Feed& feed) {
  for (const core::SeriesId source : feed.sources()) {
    const auto entry = index_.find(source);
    if (entry == index_.end()) continue;
    std::erase_if(entry->second.listeners, [&](const Listener& listener) { return listener.feed == &feed; });
    if (source.is_watch() && entry->second.listeners.empty()) index_.erase(entry);
  }
  stats_.encodings += feed.encodings();
  std::erase(dirty_, &feed);
  release(feed);
  feeds_.erase(FeedKey(feed.key()));
  wanted_ = !feeds_.empty();
}

void LiveHub::tick() {
  const core::BootTime at = parts_.clock.boot_now();
  while (!lingering_.empty() && at - lingering_.front().first >= limits_.linger) {
    const auto [left, key] = std::move(lingering_.front());
    lingering_.pop_front();
    const auto feed = feeds_.find(key);
    if (feed != feeds_.end() && !feed->second->watched() && feed->second->left() == left) drop(*feed->second);
  }
  for (auto& [key, feed] : feeds_) {
    if (!feed->primed() && at - feed->created() >= limits_.prime) feed->prime({});
  }
  if (const std::uint64_t generation = parts_.catalog.generation(); generation != generation_) {
    generation_ = generation;
    refresh();
  }
}

// The registry has changed: series without a reading yet, another unit or hint.
void LiveHub::refresh() {
  const auto everything = core::Selector::parse("*");
  if (!everything) return;
  for (const core::SeriesPtr& series : parts_.catalog.match(*everything)) {
    const auto found = index_.find(series->id);
    if (found == index_.end()) {
      introduce(series->id);
      continue;
    }
    if (found->second.series == series) continue;
    found->second.series = series;
    for (auto& [key, feed] : feeds_) {
      if (feed->update(series)) feed->wake();
    }
  }
}

void LiveHub::count_sent(const Outgoing& message) {
  stats_.bytes += message.size();
  if (message.op == Outgoing::Op::kData) ++stats_.frames;
  if (message.op == Outgoing::Op::kGap) ++stats_.gaps;
}

LiveHub::Stats LiveHub::stats() const {
  Stats stats = stats_;
  stats.dropped = queue_.dropped();
  stats.waiting = queue_.waiting();
  stats.viewers = viewers_.size();
  stats.feeds = feeds_.size();
  for (const auto& [key, feed] : feeds_) stats.encodings += feed->encodings();
  return stats;
}

}  // namespace telltale::net
