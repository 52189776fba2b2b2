// Counts payloads that do not fit, per reason, and shows the last one in the log now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <telltale/cpp/host.hpp>

namespace telltale::mqtt {

// Printable ASCII of at most `limit` bytes of `bytes`; the rest as \n, \", \\ and \xNN, and … when it was cut.
[[nodiscard]] std::string escaped(std::string_view bytes, std::size_t limit);

// Owned by the mapper; used by one thread at a time.
class BadPayloads {
 public:
  explicit BadPayloads(Host host) : host_(host) {}

  // Adds to the counter payload.`reason`; logs at most one line in ten seconds.
  void add(std::string_view reason, std::string_view topic, std::string_view payload, std::string_view detail = {});

 private:
  static constexpr std::chrono::seconds kLogEvery{10};

  Host host_;
  std::chrono::nanoseconds next_log_{};
  std::uint64_t unlogged_ = 0;
  std::string counter_;
};

}  // namespace telltale::mqtt
