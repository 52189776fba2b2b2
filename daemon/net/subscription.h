// What one viewer wants of one feed, and how far it has got. It holds no frames: it pulls them from the feed's ring
// when its viewer can take one, so that a slow viewer costs nothing but its place. Owned by its viewer; net thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/net/feed.h"

namespace telltale::net {

class Viewer;

// One message: `head` belongs to the viewer, `body` is shared.
struct Outgoing {
  using Op = LiveOp;
  Op op = Op::kData;
  std::int64_t seq = 0;  // of data
  std::string head;
  FrameBody body;  // may be none
  [[nodiscard]] std::size_t size() const { return head.size() + (body ? body->size() : 0); }
};

class Subscription {
 public:
  // `since`: the last seq that the client has seen.
  Subscription(Viewer& viewer, std::shared_ptr<Feed> feed, std::string_view id, std::optional<std::int64_t> since);
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription();

  // The next message, if there is one.
  bool next(Outgoing& out, core::BootTime now, core::Duration lag);
  // The feed has something new.
  void wake();
  [[nodiscard]] const std::shared_ptr<Feed>& feed() const { return feed_; }
  [[nodiscard]] std::uint64_t merges() const { return merges_; }

 private:
  void start();
  bool next_frame(Outgoing& out, core::BootTime now, core::Duration lag);
  void fill(Outgoing& out, Outgoing::Op op, FrameBody body) const;

  Viewer& viewer_;
  std::shared_ptr<Feed> feed_;
  std::string id_;
  std::optional<std::int64_t> since_;
  Feed::Announced announced_;
  bool started_ = false;
  std::int64_t sent_ = 0;           // seq of the last frame that was handed over
  std::int64_t resumed_up_to_ = 0;  // frames up to it are sent however old they are
  // The newest state, to be sent next, with its seq.
  FrameBody state_;
  std::int64_t state_seq_ = 0;
  std::optional<GapSpan> gap_;  // to be told before it
  std::uint64_t merges_ = 0;
};

}  // namespace telltale::net
