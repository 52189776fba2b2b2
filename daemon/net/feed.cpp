#include "daemon/net/feed.h"

#include <algorithm>

#include "daemon/net/subscription.h"

namespace telltale::net {

namespace {

// Of one `series` message: a page with thousands of series gets them in several.
constexpr std::size_t kAnnouncedAtOnce = 500;

GapSpan join_spans(GapSpan a, GapSpan b) { return {std::min(a.from, b.from), std::max(a.to, b.to)}; }

constexpr GapSpan kNothing{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};

std::string statistic_text(const std::optional<core::WindowStat>& statistic) {
  return statistic ? statistic->text() : std::string{};
}

}  // namespace

Feed::Feed(FeedKey key, std::vector<core::Selector> selectors, const LiveLimits& limits, Origin now)
    : key_(std::move(key)),
      selectors_(std::move(selectors)),
      limits_(limits),
      encoder_(encoder_of(key_.form)),
      created_(now.boot),
      due_(now.boot),
      pending_(encoder_.rows()),
      collapse_at_(limits.frame_bytes),
      ring_(core::to_ms(now.wall), limits.ring_frames) {}

std::optional<std::uint32_t> Feed::find(core::SeriesId series, const std::optional<core::WindowStat>& statistic) const {
  const auto found = by_series_.find({series, statistic_text(statistic)});
  if (found == by_series_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t Feed::add(core::SeriesPtr series, std::optional<core::WindowStat> statistic, core::SeriesId source) {
  const auto ref = static_cast<std::uint32_t>(refs_.size());
  by_series_.emplace(std::pair(series->id, statistic_text(statistic)), ref);
  refs_.push_back({std::move(series), statistic, source, {}, {}, false});
  announcements_.push_back(ref);
  return ref;
}

bool Feed::update(const core::SeriesPtr& series) {
  bool found = false;
  // Its statistics stand beside it: all keys begin with the id.
  for (auto at = by_series_.lower_bound({series->id, {}}); at != by_series_.end() && at->first.first == series->id;
       ++at) {
    refs_[at->second].series = series;
    announcements_.push_back(at->second);
    found = true;
  }
  if (announcements_.size() > 2 * refs_.size() + 1'000) {
    announcements_.clear();
    for (std::uint32_t i = 0; i < refs_.size(); ++i) announcements_.push_back(i);
    ++round_;
  }
  announcement_.reset();
  return found;
}

std::vector<core::SeriesId> Feed::sources() const {
  std::vector<core::SeriesId> ids;
  ids.reserve(refs_.size());
  for (const Ref& ref : refs_) ids.push_back(ref.source);
  return ids;
}

FrameBody Feed::announce(Announced& seen) {
  if (seen.round != round_) seen = {round_, 0};
  if (seen.count >= announcements_.size()) return nullptr;
  const std::size_t end = std::min(announcements_.size(), seen.count + kAnnouncedAtOnce);
  const std::pair span(seen.count, end);
  seen.count = end;
  if (announcement_ != nullptr && announcement_span_ == span) return announcement_;
  std::vector<LiveItem> items;
  items.reserve(end - span.first);
  for (std::size_t i = span.first; i < end; ++i) {
    const Ref& ref = refs_[announcements_[i]];
    items.push_back({announcements_[i], *ref.series, ref.statistic});
  }
  announcement_ = encoder_.series(items);
  announcement_span_ = span;
  return announcement_;
}

void Feed::prime(const std::vector<core::LatestRow>& rows) {
  const bool late = primed_;
  primed_ = true;
  for (const core::LatestRow& row : rows) {
    if (row.series == nullptr) continue;
    const auto at = find(row.series->id, row.window_stat);
    if (!at) continue;
    Ref& ref = refs_[*at];
    // What came by itself meanwhile is as new, and on its way or sent already.
    if (ref.sent.known || ref.waits) continue;
    if (late) {
      take(*at, {row.time, row.value, ref.source, core::kNoText, row.quality, true}, row.text);
    } else {
      ref.sent = {core::to_ms(row.time), row.value, row.text, row.quality, true};
    }
  }
  if (late) return;
  snapshot_.reset();
  wake();
}

void Feed::take(std::uint32_t ref_number, const core::Reading& reading, std::string_view text) {
  Ref& ref = refs_[ref_number];
  const RowValue row{core::to_ms(reading.time), reading.value, reading.quality, text};
  pending_->add(ref_number, *ref.series, ref.statistic.has_value(), row);
  pending_times_ = join_spans(pending_times_, {row.time_ms, row.time_ms});
  ref.newest.time_ms = row.time_ms;
  ref.newest.value = row.value;
  ref.newest.text.assign(text);
  ref.newest.quality = row.quality;
  ref.newest.known = true;
  if (!ref.waits) {
    ref.waits = true;
    waiting_.push_back(ref_number);
  }
  if (!reading.by_source && !ref.source.is_watch()) oldest_ = oldest_ ? std::min(*oldest_, reading.time) : reading.time;
  if (pending_->bytes() > collapse_at_) collapse();
}

void Feed::add_state(RowWriter& out, std::uint32_t ref, const State& state) const {
  out.add(ref, *refs_[ref].series, refs_[ref].statistic.has_value(),
          {state.time_ms, state.value, state.quality, state.text});
}

// More than a frame may hold before its tick: the newest of each series stays.
void Feed::collapse() {
  lose(pending_times_);
  pending_->clear();
  for (const std::uint32_t ref : waiting_) add_state(*pending_, ref, refs_[ref].newest);
  // Many series may need more by themselves: collapsing at every reading then would cost more than it saves.
  collapse_at_ = std::max(limits_.frame_bytes, 2 * pending_->bytes());
}

void Feed::lose(GapSpan span) {
  if (span.from > span.to) return;
  lost_ = lost_ ? join_spans(*lost_, span) : span;
}

void Feed::push_gap(Origin now, std::size_t ring_bytes) {
  ring_.push({Frame::Op::kGap, ring_.next_seq(now.wall), lost_->from, lost_->to, now.boot, encoder_.gap(*lost_)},
             ring_bytes);
  lost_.reset();
}

void Feed::push_rows(Origin now, std::size_t ring_bytes) {
  const std::int64_t seq = ring_.next_seq(now.wall);
  collapse_at_ = limits_.frame_bytes;
  ring_.push({Frame::Op::kData, seq, pending_times_.from, pending_times_.to, now.boot, pending_->take(seq)},
             ring_bytes);
  ++encodings_;
}

// What waited is sent: it is the state that a newcomer starts from.
void Feed::settle() {
  for (const std::uint32_t ref : waiting_) {
    std::swap(refs_[ref].sent, refs_[ref].newest);
    refs_[ref].waits = false;
  }
  waiting_.clear();
  pending_times_ = kNothing;
  snapshot_.reset();
}

std::optional<core::Duration> Feed::flush(Origin now, std::size_t ring_bytes) {
  if (!waiting()) return std::nullopt;
  if (lost_) push_gap(now, ring_bytes);
  if (!pending_->empty()) push_rows(now, ring_bytes);
  settle();
  due_ = now.boot + core::Duration(key_.period_ns);
  const auto oldest = std::exchange(oldest_, std::nullopt);
  wake();
  if (!oldest) return std::nullopt;
  return now.wall - *oldest;
}

FrameBody Feed::snapshot() {
  if (snapshot_ != nullptr) return snapshot_;
  const auto rows = encoder_.rows();
  for (std::uint32_t ref = 0; ref < refs_.size(); ++ref) {
    if (refs_[ref].sent.known) add_state(*rows, ref, refs_[ref].sent);
  }
  if (rows->empty()) return nullptr;
  snapshot_ = rows->take(ring_.seq());
  ++encodings_;
  return snapshot_;
}

void Feed::wake() {
  for (Subscription* subscription : subscriptions_) subscription->wake();
}

}  // namespace telltale::net
