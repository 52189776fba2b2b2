#include "daemon/net/publish_queue.h"

#include <algorithm>

namespace telltale::net {

namespace {

GapSpan span_of(const core::ReadingBatch& batch) {
  GapSpan span{core::to_ms(batch.readings().front().time), core::to_ms(batch.readings().front().time)};
  for (const core::Reading& reading : batch.readings()) {
    span.from = std::min(span.from, core::to_ms(reading.time));
    span.to = std::max(span.to, core::to_ms(reading.time));
  }
  return span;
}

GapSpan both(const std::optional<GapSpan>& one, GapSpan other) {
  return one ? GapSpan{std::min(one->from, other.from), std::max(one->to, other.to)} : other;
}

}  // namespace

bool PublishQueue::lose(GapSpan span) {
  const core::MutexLock lock(mutex_);
  lost_ = both(lost_, span);
  return !std::exchange(awake_, true);
}

bool PublishQueue::put(core::LiveBatch batch) {
  if (batch == nullptr || batch->empty()) return false;
  const core::MutexLock lock(mutex_);
  if (readings_ + batch->size() > max_readings_) {
    dropped_ += batch->size();
    lost_ = both(lost_, span_of(*batch));
  } else {
    readings_ += batch->size();
    batches_.push_back(std::move(batch));
  }
  return !std::exchange(awake_, true);
}

PublishQueue::Taken PublishQueue::take() {
  const core::MutexLock lock(mutex_);
  Taken taken;
  taken.lost = std::exchange(lost_, std::nullopt);
  if (batches_.empty()) {
    awake_ = false;
    return taken;
  }
  taken.batch = std::move(batches_.front());
  batches_.pop_front();
  readings_ -= taken.batch->size();
  return taken;
}

std::size_t PublishQueue::waiting() const {
  const core::MutexLock lock(mutex_);
  return readings_;
}

std::uint64_t PublishQueue::dropped() const {
  const core::MutexLock lock(mutex_);
  return dropped_;
}

}  // namespace telltale::net
