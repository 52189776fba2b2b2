// What the handlers of routes share. Owned by Site; net thread, but for what a pool's job captures.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/latency.h"
#include "daemon/net/access.h"
#include "daemon/net/dependencies.h"
#include "daemon/net/event_loop.h"
#include "daemon/net/http_limits.h"
#include "daemon/net/live_hub.h"
#include "daemon/net/place.h"
#include "daemon/net/rate_meter.h"
#include "daemon/net/tls_keeper.h"
#include "daemon/net/work_pool.h"

namespace telltale::net {

// Counted since the start.
struct HttpCounters {
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;      // by the access rules
  std::uint64_t bad = 0;          // other answers of 400 and above
  std::uint64_t connections = 0;  // now
  std::uint64_t accepted = 0;     // connections
  std::uint64_t turned_away = 0;  // connections beyond a limit
  std::uint64_t timeouts = 0;     // connections closed because a deadline passed
  std::uint64_t lines_rejected = 0;
  core::LatencyCounts queries;           // of /api/v1/query: from the header to the answer, before it is sent
  std::uint64_t handshakes_failed = 0;   // of TLS
  std::uint64_t handshakes_delayed = 0;  // of TLS, because too many began in that second
};

struct Context {
  Dependencies parts;
  HttpLimits limits;
  std::shared_ptr<EventLoop> loop;
  LiveHub& hub;
  WorkPool& queries;
  WorkPool& facts;
  WorkPool& logins;
  HttpCounters& counters;
  RateMeter& rate;
  const AccessPolicy& access;
  const Place& place;
  std::shared_ptr<const TlsKeeper> tls;  // none: there is no TLS
  std::weak_ptr<void> backup = {};       // the one that runs
};

}  // namespace telltale::net
