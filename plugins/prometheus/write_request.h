// The message of Prometheus remote write 1.0: time series with their labels, each with its samples in the order of
// time; times in milliseconds (prometheus.io, "Remote Write 1.0"; prompb/remote.proto and types.proto). Of the
// instance's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <telltale/ext/sink.h>

#include "plugins/prometheus/names.h"

namespace telltale::prometheus {

// The NaN that ends a line: value.StaleNaN of Prometheus, by its bits.
inline constexpr std::uint64_t kStaleBits = 0x7ff0000000000002U;

struct Point {
  std::uint32_t series = 0;  // index into Request::series
  std::int64_t time = 0;     // ms since 1970
  double value = 0;
};

struct Request {
  std::vector<std::string> series;          // each the encoded labels of one
  std::vector<Point> points;                // by series, then by time, no time twice
  std::uint64_t without_value = 0;          // readings left out: an event, or a bad one
  std::uint64_t same_millisecond = 0;       // left out: another of the same millisecond came later
  std::uint64_t same_name = 0;              // left out: of a series that another one is called like, there
  std::optional<std::string> name_clash{};  // the first of these, in words
};

// Knows which series has which name there: when two would have one, the one that came later is left out, for its values
// would stand among those of the other.
class Gatherer {
 public:
  struct Settings {
    Names names = Names::kMetric;
    std::string prefix;
    bool stale = true;  // a bad reading is a stale marker
  };

  explicit Gatherer(Settings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] Request gather(std::span<const telltale_outgoing> readings);

 private:
  // Adds it to the request when it is new there; nothing when another series has its name.
  std::optional<std::uint32_t> place(const telltale_series& series, Request& request);

  Settings settings_;
  std::map<std::string, std::string> owners_;  // encoded labels: the series that has them; bounded
  std::set<std::string> clashes_;              // told once; bounded
};

// As WriteRequest.
[[nodiscard]] std::string encode(const Request& request);

// As snappy's block format, which the protocol wants.
[[nodiscard]] std::string compressed(std::string_view message);

}  // namespace telltale::prometheus
