#include "plugins/linux/collect/sensor.h"

namespace telltale::linux_input {

void Sensor::publish(Round& round, const Host& host, std::optional<double> value) {
  if (value) {
    round.batch.add(series_, *value);
    failed_ = false;
    return;
  }
  host.count(kSensorFailures);
  if (!failed_ || round.rescan) round.batch.add_bad(series_);
  failed_ = true;
}

void Sensor::publish_uncertain(Round& round, double value) {
  round.batch.add(series_, value, Quality::kUncertain);
  failed_ = false;
}

std::vector<std::string> name_chips(const std::vector<Chip>& chips) {
  std::map<std::string, int> times;
  for (const Chip& chip : chips) ++times[chip.name];
  std::vector<std::string> names;
  UniqueNames unique;
  for (const Chip& chip : chips) {
    const bool shared = times[chip.name] > 1 && !chip.place.empty();
    names.push_back(unique.take(shared ? chip.name + " " + chip.place : chip.name, {}));
  }
  return names;
}

std::string UniqueNames::take(std::string base, std::string_view hint) {
  if (taken_.contains(base) && !hint.empty()) base += " " + std::string(hint);
  const int times = ++taken_[base];
  if (times > 1) base += " #" + std::to_string(times);
  return base;
}

}  // namespace telltale::linux_input
