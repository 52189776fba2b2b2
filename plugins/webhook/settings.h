// The options, checked: which events a document holds, and what is made of them. Values; constant once made.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/cpp/host.hpp>
#include <telltale/payload/json_path.hpp>
#include <telltale/payload/source_time.hpp>

namespace telltale::webhook {

struct Condition {
  payload::JsonPath at;
  std::vector<std::string> is;  // one of them
};

struct EventSettings {
  std::string name;
  std::optional<payload::JsonPath> items;
  std::vector<Condition> where;
  std::optional<payload::JsonPath> value;
  double scale = 1;
  std::string unit;
  int decimals = -1;
  std::optional<payload::JsonPath> time;
  payload::SourceTimeUnit time_unit = payload::SourceTimeUnit::kAuto;
  std::vector<std::pair<std::string, payload::JsonPath>> labels;
};

struct Settings {
  std::vector<EventSettings> events;
  std::chrono::nanoseconds every{};
  std::size_t max_series = 0;
};

// Throws ConfigError.
[[nodiscard]] Settings make_settings(const Options& options);

}  // namespace telltale::webhook
