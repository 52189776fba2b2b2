// What a series is called there: a metric name and labels that Prometheus takes (its data model: metric names
// [a-zA-Z_:][a-zA-Z0-9_:]*, labels [a-zA-Z_][a-zA-Z0-9_]*, those with __ are its own). Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/abi.h>
#include <telltale/host.h>

namespace telltale::prometheus {

enum class Names : std::uint8_t {
  kMetric,  // press_oil_temperature
  kLabel,   // telltale_reading{series="press.oil.temperature"}
};

using Labels = std::vector<std::pair<std::string, std::string>>;

// What is not allowed in a metric's name becomes `_`; a character of several bytes one.
[[nodiscard]] std::string metric_name(std::string_view prefix, std::string_view name);

// `__name__` among them, sorted by name, none empty, none twice.
[[nodiscard]] Labels labels_of(const telltale_series& series, Names names, std::string_view prefix);

}  // namespace telltale::prometheus
