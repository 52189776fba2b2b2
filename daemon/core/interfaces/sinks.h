// The sinks: what a configuration says of each, and how each is. Provided by sinks and host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"

namespace telltale::core {

// What a configuration says of one sink, validated.
struct SinkConfig {
  InputConfig instance;                                     // the plugin's: it runs as an input's does
  std::vector<std::string> series;                          // selectors; a series that one of them chooses goes out
  std::vector<std::string> exclude;                         // selectors; a series that one of them chooses stays here
  std::vector<std::pair<std::string, std::string>> rename;  // names and what they are over there; both may end in *
  Labels labels;                                            // added to each series, where it has none of that name
  Duration every{};  // 0: readings as they come; else what `stats` say of each such stretch of time
  std::vector<Stat> stats;
  std::uint64_t backfill = 20'000;  // readings a second, at most, of what is caught up
  Duration resend{};                // what was acknowledged so shortly before the other side went away is sent again
  bool uncertain = false;           // readings go out though the clock was never set
  friend bool operator==(const SinkConfig&, const SinkConfig&) = default;
};

// Readings that the other side will never take, of one series and for one reason.
struct ParkedBatch {
  WallTime at{};       // the last of them
  std::string series;  // as the other side would have seen it
  WallTime from{};     // the times of its readings
  WallTime to{};
  std::uint64_t readings = 0;
  std::string reason;  // in the plugin's words
};

struct SinkStatus {
  InputStatus instance;
  std::uint64_t series = 0;            // that go out
  std::uint64_t sent = 0;              // readings acknowledged since the start of the daemon
  std::uint64_t batches = 0;           // that held them
  std::uint64_t retries = 0;           // batches that were not taken for now
  std::uint64_t parked = 0;            // readings that are never taken
  std::uint64_t waiting = 0;           // readings in memory that are about to go out
  std::uint64_t held = 0;              // readings since the start that waited, or wait, for the clock
  Duration backlog{};                  // how much time is to be sent from the history
  std::optional<WallTime> owed_since;  // the oldest of it
  std::optional<WallTime> last_sent_at;
  Duration lost{};  // how much time was owed, and is no longer in the history
  std::optional<WallTime> lost_from;
  std::optional<WallTime> lost_to;
  std::uint64_t lost_readings = 0;
  std::uint64_t lost_series = 0;
  std::vector<ParkedBatch> last_parked;  // at most 16, newest last
};

// Any thread.
class SinkDirectory {
 public:
  SinkDirectory() = default;
  SinkDirectory(const SinkDirectory&) = delete;
  SinkDirectory& operator=(const SinkDirectory&) = delete;
  virtual ~SinkDirectory() = default;
  // By id.
  [[nodiscard]] virtual std::vector<SinkStatus> sinks() const = 0;
};

}  // namespace telltale::core
