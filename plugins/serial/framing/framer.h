// Cuts the bytes of a line into frames. Pure: time is an argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/serial/framing/frame_rules.h"

namespace telltale::serial {

class FrameSink {
 public:
  FrameSink() = default;
  FrameSink(const FrameSink&) = delete;
  FrameSink& operator=(const FrameSink&) = delete;

  // A frame that is whole and whose checksum is right: without what delimits it and, when it is delimited, without its
  // checksum; escapes are undone. Of kFixed and kLength the whole frame, so that places are those of the device's
  // documents. The view lives until the call returns.
  virtual void frame(std::string_view bytes) = 0;
  // Bytes that are no frame. `reason` is the last part of a counter's name: stray (between frames, or before the first),
  // truncated, too_long, wrong_checksum, bad_length, bad_escape.
  virtual void dropped(std::string_view reason, std::string_view bytes) = 0;

 protected:
  ~FrameSink() = default;
};

// Holds at most max_size bytes and one read's. Owned by one thread.
class Framer {
 public:
  // Silence after opening, or before a poll's answer, that says that what comes then is a beginning.
  static constexpr Time kQuietStart = std::chrono::milliseconds(100);

  explicit Framer(FrameRules rules);

  // Forgets what it has. Not `in_step`: the line may be in the middle of a frame, so what ends without having begun is
  // passed over, unless the line was quiet for kQuietStart.
  void reset(Time now, bool in_step);
  // Bytes that have just come.
  void feed(std::string_view bytes, Time now, FrameSink& sink);
  // Time has passed; to be called at deadline().
  void idle(Time now, FrameSink& sink);
  [[nodiscard]] std::optional<Time> deadline() const;
  [[nodiscard]] std::size_t pending() const noexcept { return buffer_.size() - used_; }

 private:
  enum class Step : std::uint8_t { kWait, kAgain };

  [[nodiscard]] std::string_view rest() const noexcept { return std::string_view(buffer_).substr(used_); }
  void take(std::size_t bytes) noexcept { used_ += bytes; }
  void scan(FrameSink& sink);
  Step scan_delimited(FrameSink& sink);
  Step scan_sized(FrameSink& sink);
  // Passes over `bytes` that are no frame.
  void drop(std::string_view reason, std::size_t bytes, FrameSink& sink);
  [[nodiscard]] std::size_t next_start(std::string_view bytes) const;
  // Where the frame's end stands from `from` on, and how many bytes it has; nothing: not yet.
  struct End {
    std::size_t at = 0;
    std::size_t size = 0;
  };
  [[nodiscard]] std::optional<End> find_end(std::string_view bytes) const;
  [[nodiscard]] std::optional<std::size_t> size_of_frame(std::string_view bytes, bool& is_bad) const;
  void finish(std::string_view body, FrameSink& sink);
  // Without the escapes; false: one at the end, or one that the map does not know.
  bool unescape(std::string_view body);

  FrameRules rules_;
  std::string buffer_;
  std::size_t used_ = 0;  // bytes at its front that are done with
  std::string plain_;
  Time last_byte_{};
  Time opened_{};
  bool in_step_ = true;
};

// Whether the checksum of a frame is right; `body` loses it. Always, where there is none. Pure. [any]
[[nodiscard]] bool check_and_strip(const FrameRules& rules, std::string_view& body);

}  // namespace telltale::serial
