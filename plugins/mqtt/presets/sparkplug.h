// Sparkplug B (Eclipse Sparkplug 3.0) as a host application that listens: births name the metrics and their aliases,
// data has their values, deaths make them bad. An edge node whose birth was missed, or of which a message is missing,
// is asked for its birth again.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plugins/mqtt/presets/preset.h"
#include "plugins/mqtt/presets/sparkplug_payload.h"

namespace telltale::mqtt {

class Sparkplug final : public Preset {
 public:
  static constexpr std::size_t kMaxNodes = 1'024;
  static constexpr std::size_t kMaxMetrics = 65'536;        // of all nodes
  static constexpr std::chrono::seconds kRebirthEvery{10};  // of one node, at most

  // The settings must outlive it.
  Sparkplug(const PresetSettings& settings, const PresetContext& context);

  bool message(const Message& message) override;

 private:
  struct Metric {
    std::uint32_t datatype = 0;
    std::string unit{};
    std::optional<SeriesTable::Entry> series{};
  };
  struct Device {
    std::map<std::string, Metric, std::less<>> metrics{};
    bool alive = false;
  };
  struct Node {
    std::map<std::string, Device, std::less<>> devices{};  // the node itself under the empty name
    // Unique in the whole node: the device and the metric.
    std::unordered_map<std::uint64_t, std::pair<std::string, std::string>> aliases{};
    std::optional<std::uint64_t> birth_number{};  // bdSeq
    std::uint8_t next_seq = 0;
    bool alive = false;
    std::chrono::nanoseconds next_rebirth{};
  };
  struct Place {
    std::string_view group;
    std::string_view node;
    std::string_view device;  // empty: the node itself
  };

  void node_birth(const Place& place, Node& node, const Message& message);
  void device_birth(const Place& place, Node& node, const Message& message);
  void data(const Place& place, Node& node, const Message& message);
  void death(const Place& place, Node& node);

  void learn(const Place& place, Node& node, Device& device, const Message& message);
  void forget(Device& device);
  void bury(Device& device);
  [[nodiscard]] bool in_sequence(const Place& place, Node& node);
  void ask_for_birth(const Place& place, Node& node, std::string_view why);
  void publish(const Place& place, Metric& known, std::string_view name, const SparkplugMetric& metric,
               const Message& message);
  [[nodiscard]] const SeriesTable::Entry* series(const Place& place, Metric& known, std::string_view name,
                                                 const SparkplugMetric& metric);

  const PresetSettings& settings_;
  PresetContext context_;
  const std::string base_;
  std::map<std::string, Node, std::less<>> nodes_;  // by GROUP/NODE
  std::size_t metrics_ = 0;
  SparkplugPayload payload_;
  std::string key_;
};

}  // namespace telltale::mqtt
