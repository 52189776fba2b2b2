// What a plugin's class derives from: exactly one of PollingInput, StreamingInput and Sink; beside it Writable
// (write.hpp) and Probing (probe.hpp), where it can.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <telltale/plugin.h>

namespace telltale {

inline constexpr std::uint32_t kNeedsNetwork = TELLTALE_NEEDS_NETWORK;             // sockets, name resolution
inline constexpr std::uint32_t kNeedsDevices = TELLTALE_NEEDS_DEVICES;             // character devices below /dev
inline constexpr std::uint32_t kNeedsProcesses = TELLTALE_NEEDS_PROCESSES;         // fork and exec
inline constexpr std::uint32_t kNeedsLocalSockets = TELLTALE_NEEDS_LOCAL_SOCKETS;  // others' Unix sockets, netlink

// What a plugin says of itself: `static constexpr telltale::PluginInfo kInfo{…}` in its class.
struct PluginInfo {
  std::string_view name;     // [a-z][a-z0-9_-]*, the word in `plugin:` of the configuration
  std::string_view version;  // its own, semantic versioning
  std::string_view summary;  // one sentence
  std::uint32_t needs = 0;   // kNeedsNetwork | …; 0: nothing but its options
};

// An input that the host calls at absolute deadlines. All calls come from the instance's thread.
// A poll that returns is healthy, one that throws IoError is not: the wrapper says so to the host when it changes.
class PollingInput {
 public:
  PollingInput() = default;
  PollingInput(const PollingInput&) = delete;
  PollingInput& operator=(const PollingInput&) = delete;
  virtual ~PollingInput() = default;
  // The time between two polls, 1 ms to 1 day. Asked for once, after construction.
  [[nodiscard]] virtual std::chrono::nanoseconds interval() const { return std::chrono::seconds(1); }
  // Reads the device and publishes.
  virtual void poll() = 0;
};

// An input that owns its loop, and its health: it says ok() and failing() to the host. All calls come from the
// instance's thread.
class StreamingInput {
 public:
  StreamingInput() = default;
  StreamingInput(const StreamingInput&) = delete;
  StreamingInput& operator=(const StreamingInput&) = delete;
  virtual ~StreamingInput() = default;
  // Publishes until stop_fd becomes readable (see stop.hpp), then returns within 2 s.
  virtual void run(int stop_fd) = 0;
};

}  // namespace telltale
