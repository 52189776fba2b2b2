#include "daemon/net/frame_ring.h"

#include <algorithm>

namespace telltale::net {

namespace {

// What a kept frame costs beside its bytes: its place in the ring, and two allocations.
constexpr std::size_t kFrameOverhead = 128;

std::size_t cost_of(const Frame& frame) { return frame.body->size() + kFrameOverhead; }

}  // namespace

std::int64_t FrameRing::next_seq(core::WallTime now) const { return std::max(seq_ + 1, core::to_ms(now)); }

void FrameRing::push(Frame frame, std::size_t max_bytes) {
  seq_ = frame.seq;
  bytes_ += cost_of(frame);
  frames_.push_back(std::move(frame));
  ++with_body_;
  while (frames_.size() > max_frames_) {
    if (with_body_ == frames_.size()) {
      bytes_ -= cost_of(frames_.front());
      --with_body_;
    }
    base_ = frames_.front().seq;
    frames_.pop_front();
  }
  trim(max_bytes);
}

// The newest stays, however large: it is on its way to somebody.
void FrameRing::trim(std::size_t max_bytes) {
  while (bytes_ > max_bytes && with_body_ > 1) {
    Frame& oldest = frames_[frames_.size() - with_body_];
    bytes_ -= cost_of(oldest);
    oldest.body.reset();
    --with_body_;
  }
}

const Frame* FrameRing::after(std::int64_t seq) const {
  const auto found =
      std::upper_bound(frames_.begin(), frames_.end(), seq, [](auto wanted, const Frame& f) { return wanted < f.seq; });
  if (found == frames_.end() || found->body == nullptr || seq < base_) return nullptr;
  return &*found;
}

bool FrameRing::can_resume(std::int64_t seq) const {
  if (seq == seq_) return true;
  return seq >= base_ && seq < seq_ && after(seq) != nullptr;
}

GapSpan FrameRing::span_after(std::int64_t seq) const {
  GapSpan span{seq_, seq_};
  bool any = false;
  for (auto frame = frames_.rbegin(); frame != frames_.rend() && frame->seq > seq; ++frame) {
    span.from = any ? std::min(span.from, frame->min_ms) : frame->min_ms;
    span.to = any ? std::max(span.to, frame->max_ms) : frame->max_ms;
    any = true;
  }
  // What is no longer remembered was sent after `seq`; it was measured a little earlier.
  if (seq < base_) span.from = std::min(span.from, seq - 1'000);
  return span;
}

}  // namespace telltale::net
