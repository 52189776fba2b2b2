#include "plugins/mqtt/presets/sparkplug.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <telltale/payload/line_series.hpp>
#include <telltale/payload/series_name.hpp>

#include "plugins/mqtt/presets/devices.h"

namespace telltale::mqtt {
namespace {

constexpr std::string_view kBirthNumber = "bdSeq";
constexpr std::uint32_t kQualityBad = 0;
constexpr std::uint32_t kQualityStale = 500;
constexpr std::uint64_t kMaxMilliseconds = 9'000'000'000'000;  // beyond it nanoseconds do not fit

bool is_control(std::string_view name) {
  return name == kBirthNumber || name.starts_with("Node Control/") || name.starts_with("Device Control/");
}

// The wall clock is for the command's time stamp alone, which the edge node does not act on.
std::uint64_t wall_milliseconds() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace

Sparkplug::Sparkplug(const PresetSettings& settings, const PresetContext& context)
    : settings_(settings), context_(context), base_(settings.topic.empty() ? "spBv1.0" : settings.topic) {
  const std::string group = base_ + "/" + (settings.group.empty() ? "+" : settings.group) + "/";
  for (const char* const kind : {"NBIRTH/+", "NDATA/+", "NDEATH/+", "DBIRTH/+/+", "DDATA/+/+", "DDEATH/+/+"}) {
    context_.outbox.subscribe(group + kind, settings.qos);
  }
}

bool Sparkplug::message(const Message& message) {
  const auto inside = below(message.topic, base_);
  if (!inside) return false;
  std::string_view rest = *inside;
  const std::string_view group = take_level(rest);
  const std::string_view kind = take_level(rest);
  const std::string_view node_name = take_level(rest);
  const bool of_device = kind.starts_with('D');
  constexpr std::array<std::string_view, 3> kKinds{"BIRTH", "DATA", "DEATH"};
  const bool known_kind = kind.size() > 1 && (of_device || kind.front() == 'N') &&
                          std::find(kKinds.begin(), kKinds.end(), kind.substr(1)) != kKinds.end();
  if (!known_kind || group.empty() || node_name.empty() || of_device == rest.empty()) return false;
  if (!settings_.group.empty() && group != settings_.group) return false;
  const Place place{group, node_name, rest};
  const SparkplugFault fault = read_sparkplug(message.payload, payload_);
  if (fault != SparkplugFault::kNone) {
    context_.bad.add(to_word(fault), message.topic, message.payload);
    return true;
  }
  key_.assign(group).append(1, '/').append(node_name);
  auto found = nodes_.find(key_);
  if (found == nodes_.end()) {
    if (nodes_.size() == kMaxNodes) {
      context_.publisher.host().count("sparkplug.over_limit");
      return true;
    }
    found = nodes_.emplace(key_, Node()).first;
  }
  Node& node = found->second;
  if (kind == "NBIRTH") {
    node_birth(place, node, message);
  } else if (kind == "DBIRTH") {
    device_birth(place, node, message);
  } else if (kind.substr(1) == "DATA") {
    data(place, node, message);
  } else {
    death(place, node);
  }
  context_.publisher.flush();
  return true;
}

// Section 6.4.19: a birth begins everything anew, and its sequence number is where the next ones go on from.
void Sparkplug::node_birth(const Place& place, Node& node, const Message& message) {
  for (auto& [name, device] : node.devices) {
    if (!name.empty() && device.alive) bury(device);  // their own births follow
    forget(device);
  }
  node.devices.clear();
  node.aliases.clear();
  node.alive = true;
  node.next_rebirth = {};
  node.next_seq = static_cast<std::uint8_t>(payload_.seq.value_or(0) + 1);
  node.birth_number.reset();
  for (const SparkplugMetric& metric : payload_.metrics) {
    if (metric.name == kBirthNumber) node.birth_number = metric.integer;
  }
  learn(place, node, node.devices[std::string()], message);
}

void Sparkplug::device_birth(const Place& place, Node& node, const Message& message) {
  if (!node.alive) {
    ask_for_birth(place, node, "the birth of its node was not seen");
    return;
  }
  if (!in_sequence(place, node)) return;
  if (node.devices.size() > kMaxNodes) {
    context_.publisher.host().count("sparkplug.over_limit");
    return;
  }
  Device& device = node.devices[std::string(place.device)];
  forget(device);
  std::erase_if(node.aliases, [&](const auto& alias) { return alias.second.first == place.device; });
  learn(place, node, device, message);
}

void Sparkplug::forget(Device& device) {
  metrics_ -= device.metrics.size();
  device.metrics.clear();
}

void Sparkplug::learn(const Place& place, Node& node, Device& device, const Message& message) {
  device.alive = true;
  for (const SparkplugMetric& metric : payload_.metrics) {
    if (metric.name.empty() || is_control(metric.name)) continue;
    if (metrics_ == kMaxMetrics) {
      context_.publisher.host().count("sparkplug.over_limit");
      return;
    }
    const auto [known, is_new] = device.metrics.try_emplace(std::string(metric.name));
    metrics_ += is_new ? 1 : 0;
    known->second.datatype = metric.datatype;
    known->second.unit = metric.unit;
    if (metric.alias) node.aliases[*metric.alias] = {std::string(place.device), std::string(metric.name)};
    publish(place, known->second, metric.name, metric, message);
  }
}

void Sparkplug::data(const Place& place, Node& node, const Message& message) {
  if (!node.alive) {
    ask_for_birth(place, node, "its birth was not seen");
    return;
  }
  if (!in_sequence(place, node)) return;
  const auto device = node.devices.find(place.device);
  if (device == node.devices.end() || !device->second.alive) {
    ask_for_birth(place, node, "the birth of its device was not seen");
    return;
  }
  for (const SparkplugMetric& metric : payload_.metrics) {
    std::string_view name = metric.name;
    if (name.empty() && metric.alias) {
      const auto alias = node.aliases.find(*metric.alias);
      if (alias != node.aliases.end() && alias->second.first == place.device) name = alias->second.second;
    }
    if (is_control(name)) continue;
    const auto known = device->second.metrics.find(name);
    if (known == device->second.metrics.end()) {
      context_.publisher.host().count("sparkplug.unknown_metric");
      ask_for_birth(place, node, "it sends a metric that its birth does not have");
      continue;
    }
    publish(place, known->second, name, metric, message);
  }
}

void Sparkplug::death(const Place& place, Node& node) {
  if (!place.device.empty()) {
    if (node.alive && !in_sequence(place, node)) return;
    if (const auto device = node.devices.find(place.device); device != node.devices.end()) bury(device->second);
    return;
  }
  // The will of an earlier connection may come late: it belongs to the birth with its number.
  for (const SparkplugMetric& metric : payload_.metrics) {
    if (metric.name == kBirthNumber && node.birth_number && metric.integer != *node.birth_number) {
      context_.publisher.host().count("sparkplug.late_death");
      return;
    }
  }
  node.alive = false;
  for (auto& [name, device] : node.devices) bury(device);
}

void Sparkplug::bury(Device& device) {
  device.alive = false;
  for (const auto& [name, metric] : device.metrics) {
    if (!metric.series || metric.series->kind == TELLTALE_KIND_EVENT) continue;
    context_.publisher.add(*metric.series, 0, Stamp{.quality = TELLTALE_QUALITY_BAD});
  }
}

// Section 6.4.20: each message of a node counts one further, modulo 256.
bool Sparkplug::in_sequence(const Place& place, Node& node) {
  if (!payload_.seq) return true;
  const auto seq = static_cast<std::uint8_t>(*payload_.seq);
  if (*payload_.seq <= 0xff && seq == node.next_seq) {
    ++node.next_seq;
    return true;
  }
  context_.publisher.host().count("sparkplug.sequence_gap");
  node.next_seq = static_cast<std::uint8_t>(seq + 1);
  ask_for_birth(place, node, "a message of it is missing");
  return true;  // what did arrive is true all the same
}

void Sparkplug::ask_for_birth(const Place& place, Node& node, std::string_view why) {
  const auto now = context_.publisher.host().now();
  if (!settings_.rebirth || now < node.next_rebirth) return;
  node.next_rebirth = now + kRebirthEvery;
  std::string topic = base_ + "/" + std::string(place.group) + "/NCMD/" + std::string(place.node);
  if (!context_.outbox.publish({std::move(topic), rebirth_command(wall_milliseconds()), 0, false})) return;
  context_.publisher.host().count("sparkplug.rebirth_asked");
  context_.publisher.host().info("asked the edge node " + payload::escaped(place.node, 120) +
                                 " for its birth: " + std::string(why));
}

void Sparkplug::publish(const Place& place, Metric& known, std::string_view name, const SparkplugMetric& metric,
                        const Message& message) {
  Stamp stamp;
  const auto time = metric.timestamp ? metric.timestamp : payload_.timestamp;
  if (time && *time != 0 && *time < kMaxMilliseconds) stamp = stamp.at(static_cast<std::int64_t>(*time) * 1'000'000);
  if (message.retained || metric.is_historical || metric.quality == kQualityStale) {
    stamp.quality = TELLTALE_QUALITY_STALE;
  }
  const bool is_text = metric.kind == SparkplugMetric::Value::kText;
  const auto number = metric.as_number(known.datatype);
  const bool is_bad = metric.is_null || metric.quality == kQualityBad || (number && !std::isfinite(*number));
  if (metric.kind == SparkplugMetric::Value::kOther || (!is_text && !number && !is_bad)) {
    context_.publisher.host().count("sparkplug.not_a_reading");  // a data set, a template, a file
    return;
  }
  const SeriesTable::Entry* const entry = series(place, known, name, metric);
  if (entry == nullptr) return;
  if (is_bad) {
    if (entry->kind != TELLTALE_KIND_EVENT) context_.publisher.add(*entry, 0, stamp.with(TELLTALE_QUALITY_BAD));
  } else if (is_text != (entry->kind == TELLTALE_KIND_EVENT)) {
    context_.bad.add_at_hand("kind_changed");
  } else if (is_text) {
    context_.publisher.add_text(*entry, metric.text, stamp);
  } else {
    context_.publisher.add(*entry, *number, stamp);
  }
}

const SeriesTable::Entry* Sparkplug::series(const Place& place, Metric& known, std::string_view name,
                                            const SparkplugMetric& metric) {
  if (!known.series) {
    std::string key = settings_.name;
    for (const std::string_view part : {place.group, place.node, place.device}) {
      if (part.empty()) continue;
      payload::append_series_name(key, part);
      key += '.';
    }
    for (const char c : name) {
      if (c == '/') {
        key += '.';
      } else {
        payload::append_series_name(key, std::string_view(&c, 1));
      }
    }
    known.series = context_.publisher.series(key, [&] {
      SeriesSpec spec;
      spec.name = key;
      spec.unit = known.unit;
      if (known.datatype == kSparkplugBoolean) {
        spec.kind = TELLTALE_KIND_STATE;
        spec.states = {{0, std::string(payload::kBooleanStates[0])}, {1, std::string(payload::kBooleanStates[1])}};
      } else if (metric.kind == SparkplugMetric::Value::kText || known.datatype == kSparkplugString) {
        spec.kind = TELLTALE_KIND_EVENT;
      }
      return spec;
    });
  }
  if (!known.series) return nullptr;
  if (settings_.expire_after.count() != 0) context_.publisher.expect(*known.series, settings_.expire_after);
  return &*known.series;
}

}  // namespace telltale::mqtt
