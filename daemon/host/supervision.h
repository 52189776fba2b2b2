// What supervision is told from outside, and the numbers it works with. Tests shorten the numbers.
#pragma once

#include <chrono>
#include <string>

#include "daemon/host/backoff.h"
#include "daemon/host/ring_mapping.h"

namespace telltale::host {

struct SupervisorSettings {
  std::string ring_directory;  // made when it is missing
  std::string host_program;    // find_plugin_host()
  RingGeometry ring;
  BackoffLimits backoff;
  core::Duration stop_grace = std::chrono::seconds(2);  // between `stop` and SIGKILL
  // A call of the plugin lasts at most the larger of hang_intervals × its interval and hang_floor.
  core::Duration hang_floor = std::chrono::seconds(10);
  int hang_intervals = 3;
  core::Duration hang_of_sink = std::chrono::seconds(60);        // which may block for 30 s
  core::Duration answer_grace = std::chrono::milliseconds(500);  // of what hangs, to say where
  core::Duration heartbeat_limit = std::chrono::seconds(30);     // of an isolated instance's control thread
  core::Duration check_every = std::chrono::seconds(1);
};

// Rings of one input that the pipeline has not taken yet; beyond, a new start waits.
inline constexpr std::size_t kMaxWaitingRings = 8;
inline constexpr std::size_t kLastLines = 20;

}  // namespace telltale::host
