#include "daemon/net/subscription.h"

#include <algorithm>

#include "daemon/net/viewer.h"

namespace telltale::net {

Subscription::Subscription(Viewer& viewer, std::shared_ptr<Feed> feed, std::string_view id,
                           std::optional<std::int64_t> since)
    : viewer_(viewer), feed_(std::move(feed)), id_(id), since_(since) {
  feed_->join(this);
}

Subscription::~Subscription() { feed_->leave(this); }

void Subscription::wake() { viewer_.wake(); }

void Subscription::fill(Outgoing& out, Outgoing::Op op, FrameBody body) const {
  out.op = op;
  out.head = encoder_of(feed_->key().form).head(op, id_);
  out.body = std::move(body);
}

// Where to begin: behind what the client has seen when everything since is still there, else with the newest state.
void Subscription::start() {
  started_ = true;
  const FrameRing& ring = feed_->ring();
  sent_ = ring.seq();
  if (since_ && ring.can_resume(*since_)) {
    sent_ = *since_;
    resumed_up_to_ = ring.seq();
    return;
  }
  if (since_) {
    const std::int64_t from = std::min(*since_, sent_);
    gap_ = GapSpan{from - 1'000, ring.span_after(from).to};
    gap_->to = std::max(gap_->to, ring.seq());
  }
  state_ = feed_->snapshot();
  state_seq_ = sent_;
}

bool Subscription::next(Outgoing& out, core::BootTime now, core::Duration lag) {
  if (FrameBody body = feed_->announce(announced_)) {
    fill(out, Outgoing::Op::kSeries, std::move(body));
    return true;
  }
  if (!feed_->primed()) return false;
  if (!started_) start();
  if (gap_) {
    fill(out, Outgoing::Op::kGap, encoder_of(feed_->key().form).gap(*gap_));
    gap_.reset();
    return true;
  }
  if (state_ != nullptr) {
    fill(out, Outgoing::Op::kData, std::move(state_));
    out.seq = state_seq_;
    state_.reset();
    return true;
  }
  return next_frame(out, now, lag);
}

bool Subscription::next_frame(Outgoing& out, core::BootTime now, core::Duration lag) {
  const FrameRing& ring = feed_->ring();
  if (sent_ >= ring.seq()) return false;
  const Frame* frame = ring.after(sent_);
  const bool too_old = frame == nullptr || (frame->seq > resumed_up_to_ && now - frame->made > lag);
  if (too_old) {
    // Behind: the newest state stands for what was between, and the gap says which readings are missing.
    ++merges_;
    gap_ = ring.span_after(sent_);
    sent_ = ring.seq();
    state_ = feed_->snapshot();
    state_seq_ = sent_;
    return next(out, now, lag);
  }
  sent_ = frame->seq;
  if (frame->op == Frame::Op::kGap) {
    fill(out, Outgoing::Op::kGap, frame->body);
  } else {
    fill(out, Outgoing::Op::kData, frame->body);
    out.seq = frame->seq;
  }
  return true;
}

}  // namespace telltale::net
