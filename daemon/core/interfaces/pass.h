// What the pipeline offers to those who work on readings as they pass: derived series and rules. Provided by the
// pipeline, used by rules, joined by app.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/reading.h"
#include "daemon/core/selector.h"
#include "daemon/core/series.h"

namespace telltale::core {

// The pipeline, on its own thread, while it calls.
class PassPort {
 public:
  PassPort() = default;
  PassPort(const PassPort&) = delete;
  PassPort& operator=(const PassPort&) = delete;
  virtual ~PassPort() = default;

  [[nodiscard]] virtual const Catalog& catalog() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
  [[nodiscard]] virtual BootTime boot_now() const = 0;
  // Whether wall_now() can be believed.
  [[nodiscard]] virtual bool wall_certain() const { return true; }
  // The newest reading of a series since the start; its quality is stale when it has been silent for longer than it
  // usually is.
  struct Newest {
    Reading reading;
    Duration interval{};  // usual time between readings; zero: not known yet
    BootTime arrived{};
  };
  [[nodiscard]] virtual std::optional<Newest> newest(SeriesId series) const = 0;
  // A statistic of the window that ends at that time; NaN where there is none.
  [[nodiscard]] virtual double window(SeriesId series, WindowStat stat, WallTime at) const = 0;
  // Whether the windows have what the history knows; a while after the start.
  [[nodiscard]] virtual bool windows_ready() const = 0;
  // Whether the follower is told of this series' readings.
  virtual void follow(SeriesId series, bool wanted) = 0;
  // From now on series of these names are `input`'s alone: no other input may have them. Replaces what was reserved.
  virtual void reserve(std::string_view /*input*/, const std::set<std::string, std::less<>>& /*names*/) {}
  // Finds or makes a series of `input`; nullptr past the registry's limit.
  [[nodiscard]] virtual SeriesPtr declare(std::string_view input, const SeriesDeclaration& declaration) = 0;
  // Puts a reading of such a series into the pass: it is kept and shown like any other. NaN: quality bad.
  virtual void put(const Reading& reading, std::string_view text) = 0;
};

class PassFollower {
 public:
  PassFollower() = default;
  PassFollower(const PassFollower&) = delete;
  PassFollower& operator=(const PassFollower&) = delete;
  virtual ~PassFollower() = default;
  // The readings of followed series, as they came; those that are older than the newest of their series are left out.
  // Before the pass is kept and shown. Not called for what it puts itself.
  virtual void on_pass(PassPort& port, std::span<const Reading> readings) = 0;
  // About once a second, unless there is nothing to do.
  [[nodiscard]] virtual bool idle() const = 0;
  virtual void on_second(PassPort& port) = 0;
};

}  // namespace telltale::core
