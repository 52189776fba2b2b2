// One entry of `subscribe`, checked: which messages it takes and what it makes of them. A value; constant once made.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <telltale/payload/json_payload.hpp>
#include <telltale/payload/name_template.hpp>
#include <telltale/payload/source_time.hpp>

#include "plugins/mqtt/mapping/mapped.h"

namespace telltale::mqtt {

enum class PayloadFormat : std::uint8_t { kAuto, kJson, kNumber, kText, kLine };

// kAuto: numbers are gauges, booleans states, texts events.
enum class Kind : std::uint8_t { kAuto, kGauge, kCounter, kState, kEvent };

struct Subscription {
  explicit Subscription(payload::TopicFilter topic) : filter(std::move(topic)) {}

  payload::TopicFilter filter;
  payload::NameTemplate name = payload::NameTemplate::whole_topic();
  bool has_name = false;  // of line protocol: put before its own names
  int qos = 1;
  PayloadFormat format = PayloadFormat::kAuto;
  payload::JsonSelection selection;
  payload::SourceTimeUnit time_unit = payload::SourceTimeUnit::kAuto;
  std::string unit;
  Kind kind = Kind::kAuto;
  int decimals = -1;
  std::vector<std::pair<std::string, payload::NameTemplate>> labels;
  std::vector<std::string> user_properties;  // that become labels
  std::chrono::nanoseconds expire_after{};   // 0: never
  std::optional<Mapped> mapped;              // then `name`, `labels`, `format` and what a value is are said there
};

}  // namespace telltale::mqtt
