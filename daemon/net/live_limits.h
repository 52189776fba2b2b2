// The bounds of the live hub, each with what happens at it.
#pragma once

#include <chrono>
#include <cstddef>

#include "daemon/core/clock.h"

namespace telltale::net {

struct LiveLimits {
  double default_rate = 20;  // frames a second; what a client asks for is clamped to minimum .. maximum
  double minimum_rate = 0.1;
  double maximum_rate = 60;

  std::size_t queue_readings = 262'144;  // published, not yet taken by the net thread: beyond it a gap
  std::size_t drain_readings = 32'768;   // taken in one go, before others on the net thread have their turn

  std::size_t message_bytes = 65'536;            // from a client: beyond it the connection is closed (1009)
  std::size_t subscriptions = 64;                // of a connection: beyond it an error
  std::size_t selectors = 256;                   // of a subscription: beyond it an error
  std::size_t feeds = 4'096;                     // distinct subscriptions: beyond it an error
  std::size_t series = 20'000;                   // of a feed: beyond it an error, and no more are shown
  std::size_t frame_bytes = 384UL * 1'024;       // of rows that wait for a tick: beyond it the newest state and a gap
  std::size_t ring_bytes = 256UL * 1'024;        // of sent frames, kept per feed to resume from
  std::size_t all_rings_bytes = 32 << 20;        // of all feeds: beyond it each keeps its share
  std::size_t ring_frames = 2'048;               // remembered per feed
  std::size_t replies = 16;                      // to a client's messages: beyond it no more of them are read
  core::Duration lag = std::chrono::seconds(2);  // behind by more: the newest state and a gap
  core::Duration linger = std::chrono::seconds(60);  // a feed without viewers is kept for them to resume
  std::size_t lingering = 64;                        // such feeds: beyond it the oldest goes
  core::Duration prime = std::chrono::seconds(1);    // wait for the latest values before starting without them
  std::size_t burst = 200;                           // messages of a client at once: beyond it an error
  std::size_t refill = 20;                           // more a second
};

}  // namespace telltale::net
