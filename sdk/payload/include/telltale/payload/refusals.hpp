// Counts payloads that do not fit, per reason, and says the last one in the log now and then.
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

  // Adds to the counter `payload.REASON`, and logs, at most one line in ten seconds. `source`: where it came from (a
  // topic, a unit), or empty.
  void add(std::string_view reason, std::string_view source, std::string_view payload, std::string_view detail = {});

 private:
  static constexpr std::chrono::seconds kLogEvery{10};

  Host host_;
  std::string prefix_;
  std::chrono::nanoseconds next_log_{};
  std::uint64_t unlogged_ = 0;
  std::string counter_;
};

}  // namespace telltale::payload
