// From bytes to readings: framing, decoding and mapping put together, with everything counted. Owned by the
// instance's thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/cpp/host.hpp>
#include <telltale/payload/field_map.hpp>
#include <telltale/payload/line_protocol.hpp>

#include "plugins/serial/framing/framer.h"
#include "plugins/serial/settings.h"

namespace telltale::serial {

// Counters: bytes.read, frames.good, frames.unasked, frames.refused, frames.stray, frames.truncated, frames.too_long,
// frames.wrong_checksum, frames.bad_length, frames.bad_escape (bytes of the last for stray, else frames).
class Reception final : private FrameSink {
 public:
  // Throws ConfigError. `settings` must outlive it.
  Reception(Host host, const Settings& settings);
  ~Reception() = default;
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  // The port that is read, for what is shown of payloads that do not fit.
  void opened(std::string_view port) { port_ = port; }
  // The line was opened, or a question is about to be sent: then what comes is a beginning.
  void begin(Time now, bool in_step) { framer_.reset(now, in_step); }
  // Whose answer comes next, one of the settings' polls; nothing: none is awaited. In a line with questions what comes
  // unasked is not published.
  void expect(const PollRule* poll) { poll_ = poll; }

  void feed(std::string_view bytes, Time now);
  void idle(Time now);
  [[nodiscard]] std::optional<Time> deadline() const { return framer_.deadline(); }

  // Good messages so far, and how many bytes.
  [[nodiscard]] std::uint64_t good_frames() const noexcept { return good_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool has_polls() const noexcept { return !polls_.empty(); }

  void all_bad(Time now) { map_.all_bad(now); }
  void all_bad(Time now, const PollRule& poll) { map_.all_bad(now, poll.name.empty() ? poll.send : poll.name); }

 private:
  void frame(std::string_view bytes) override;
  void dropped(std::string_view reason, std::string_view bytes) override;
  [[nodiscard]] std::string_view source() const;
  // Of what comes now: the question's own, or else the input's.
  [[nodiscard]] payload::Decoder& decoder() const;

  Host host_;
  Framer framer_;
  std::span<const PollRule> polls_;
  std::unique_ptr<payload::Decoder> decoder_;
  std::vector<std::unique_ptr<payload::Decoder>> own_decoders_;  // of polls_; empty: decoder_
  payload::FieldMap map_;
  payload::Refusals refusals_;
  std::string port_;
  const PollRule* poll_ = nullptr;
  Time now_{};
  std::uint64_t good_ = 0;
  std::uint64_t counted_ = 0;  // of good_, said to the host
  std::uint64_t bytes_ = 0;
};

}  // namespace telltale::serial
