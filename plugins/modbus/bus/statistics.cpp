#include "plugins/modbus/bus/statistics.h"

#include <algorithm>
#include <string>

#include <telltale/cpp/batch.hpp>

namespace telltale::modbus {
namespace {

double milliseconds(Time time) { return static_cast<double>(time.count()) / 1e6; }

}  // namespace

SeriesSpec Statistics::spec_of(const Unit& unit, const std::string& what, std::uint32_t kind) const {
  SeriesSpec spec{.name = std::string(host_.id()) + ".bus." + what, .kind = kind};
  spec.labels = {{"unit", std::to_string(unit.id())}};
  if (!unit.settings().name.empty()) spec.labels.emplace_back("device", unit.settings().name);
  return spec;
}

Statistics::OfUnit Statistics::declare(const Unit& unit) const {
  const auto series = [&](const std::string& what, std::uint32_t kind, const std::string& symbol) {
    SeriesSpec spec = spec_of(unit, what, kind);
    spec.unit = symbol;
    return host_.declare(spec);
  };
  return {series("requests", TELLTALE_KIND_COUNTER, {}),
          series("timeouts", TELLTALE_KIND_COUNTER, {}),
          series("garbled", TELLTALE_KIND_COUNTER, {}),
          series("bad_checksums", TELLTALE_KIND_COUNTER, {}),
          series("exceptions", TELLTALE_KIND_COUNTER, {}),
          series("round_trip.p50", TELLTALE_KIND_GAUGE, "ms"),
          series("round_trip.p90", TELLTALE_KIND_GAUGE, "ms"),
          series("round_trip.p99", TELLTALE_KIND_GAUGE, "ms"),
          series("holes", TELLTALE_KIND_GAUGE, {}),
          {}};
}

void Statistics::publish(const std::vector<std::unique_ptr<Unit>>& units, Time now) {
  if (every_ == Time{} || now < next_) return;
  if (units_.empty()) {  // the first time: from now on
    for (const auto& unit : units) units_.push_back(declare(*unit));
    load_ = host_.gauge(std::string(host_.id()) + ".bus.load", "%");
    next_ = now + every_;
    since_ = now;
    busy_ = {};
    return;
  }
  Batch batch(host_);
  batch.stamp(now);
  const double share =
      static_cast<double>(busy_.count()) / static_cast<double>(std::max<Time>(now - since_, Time(1)).count());
  batch.add(load_, std::min(share, 1.0) * 100);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const Unit& unit = *units[i];
    OfUnit& series = units_[i];
    std::uint64_t exceptions = 0;
    for (const auto& [code, count] : unit.counts.exceptions) {
      exceptions += count;
      auto found = series.by_code.find(code);
      if (found == series.by_code.end()) {
        SeriesSpec spec = spec_of(unit, "exceptions.by_code", TELLTALE_KIND_COUNTER);
        spec.labels.emplace_back("code", std::to_string(code));
        found = series.by_code.emplace(code, host_.declare(spec)).first;
      }
      batch.add(found->second, static_cast<double>(count));
    }
    batch.add(series.requests, static_cast<double>(unit.counts.requests));
    batch.add(series.timeouts, static_cast<double>(unit.counts.timeouts));
    batch.add(series.garbled, static_cast<double>(unit.counts.garbled));
    batch.add(series.checksums, static_cast<double>(unit.counts.bad_checksum));
    batch.add(series.exceptions, static_cast<double>(exceptions));
    batch.add(series.holes, static_cast<double>(unit.hole_count()));
    if (unit.trips.count() == 0) continue;
    batch.add(series.median, milliseconds(unit.trips.percentile(0.5)));
    batch.add(series.p90, milliseconds(unit.trips.percentile(0.9)));
    batch.add(series.p99, milliseconds(unit.trips.percentile(0.99)));
  }
  batch.flush();
  since_ = now;
  busy_ = {};
  next_ += every_ * ((now - next_) / every_ + 1);
}

}  // namespace telltale::modbus
