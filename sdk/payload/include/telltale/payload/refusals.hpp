// The book of payloads that do not fit, one for all plugins: each is counted per reason, the last one is shown with the
// input, and the log says one now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <telltale/cpp/host.hpp>

namespace telltale::payload {

// Printable ASCII of at most `limit` bytes of `bytes`; the rest as \n, \", \\ and \xNN, and … when it was cut. [any]
[[nodiscard]] std::string escaped(std::string_view bytes, std::size_t limit);

// One thread at a time.
class Refusals {
 public:
  // `counter`: what the counters' names begin with.
  explicit Refusals(Host host, std::string_view counter = "payload") : host_(host), prefix_(counter) { prefix_ += '.'; }

  // Adds to the counter `payload.REASON`, hands the payload to the host, which shows the last one (see refusal.hpp),
  // and logs, at most one line in ten seconds. `source`: where it came from (a topic, a poll, a port, a path), or
  // empty. `detail`: more in words, or empty.
  void add(std::string_view reason, std::string_view source, std::string_view payload, std::string_view detail = {});
  // What the next ones of add_at_hand() came from. The views must live until the next call.
  void handle(std::string_view source, std::string_view payload) noexcept {
    source_ = source;
    payload_ = payload;
  }
  // For whoever has lost sight of the payload, deep within.
  void add_at_hand(std::string_view reason) { add(reason, source_, payload_); }

 private:
  static constexpr std::chrono::seconds kLogEvery{10};

  Host host_;
  std::string prefix_;
  std::chrono::nanoseconds next_log_{};
  std::uint64_t unlogged_ = 0;
  std::string counter_;
  std::string_view source_;   // of what is being handled
  std::string_view payload_;  // the same
};

}  // namespace telltale::payload
