// The frames that one feed has sent: numbered, the newest kept to be shared and resumed from. Net thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "daemon/core/clock.h"

namespace telltale::net {

// What follows the op and the subscription's id in a message: shared by all viewers of a feed.
using FrameBody = std::shared_ptr<const std::string>;

struct Frame {
  enum class Op : std::uint8_t { kData, kGap };
  Op op = Op::kData;
  std::int64_t seq = 0;     // ms since the epoch when it was made, and larger than the one before
  std::int64_t min_ms = 0;  // times of its readings
  std::int64_t max_ms = 0;
  core::BootTime made{};
  FrameBody body;  // none: too old to be sent again
};

// From and to, in ms since the epoch.
struct GapSpan {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

class FrameRing {
 public:
  // `base`: nothing was sent up to this number.
  FrameRing(std::int64_t base, std::size_t max_frames) : max_frames_(max_frames), base_(base), seq_(base) {}

  [[nodiscard]] std::int64_t next_seq(core::WallTime now) const;
  void push(Frame frame, std::size_t max_bytes);
  void trim(std::size_t max_bytes);

  [[nodiscard]] std::int64_t seq() const { return seq_; }  // of the newest frame
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // The first frame after `seq`, when it and all after it can still be sent.
  [[nodiscard]] const Frame* after(std::int64_t seq) const;
  // Whether a client that has seen `seq` can be given everything since.
  [[nodiscard]] bool can_resume(std::int64_t seq) const;
  // The times of the readings in the frames after `seq`.
  [[nodiscard]] GapSpan span_after(std::int64_t seq) const;

 private:
  std::size_t max_frames_;
  std::int64_t base_;  // everything after it is kept or at least remembered
  std::int64_t seq_;
  std::size_t bytes_ = 0;      // of those with a body
  std::size_t with_body_ = 0;  // at the end of frames_
  std::deque<Frame> frames_;
};

}  // namespace telltale::net
