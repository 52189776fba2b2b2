// A Sparkplug B edge node (Eclipse Sparkplug 3.0, chapters 5 and 6): births with every metric's name, alias, type and
// latest value, data by alias, deaths, and a birth anew when a host application asks for it. The series' labels are
// part of the metric's name, but the one that names the device. Of the link's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/mqtt-out/form.h"
#include "plugins/mqtt-out/settings.h"
#include "plugins/mqtt-out/sparkplug_writer.h"

namespace telltale::mqtt_out {

class SparkplugForm final : public Form {
 public:
  explicit SparkplugForm(SparkplugSettings settings);

  [[nodiscard]] mqtt::Notice will() override;
  [[nodiscard]] std::vector<mqtt::Filter> filters() const override;
  [[nodiscard]] Messages hello() override;
  [[nodiscard]] Messages readings(const OutgoingBatch& batch) override;
  [[nodiscard]] Messages goodbye() override;
  void take(std::string_view topic, std::string_view payload, bool retained) override;
  [[nodiscard]] Messages tick(std::chrono::nanoseconds now) override;
  // The specification wants quality of service 0 for births and data.
  [[nodiscard]] bool is_unacknowledged() const override { return true; }

 private:
  // A series, with what was measured last.
  struct Known {
    std::string name;  // of the metric
    std::string unit;
    std::uint64_t alias = 0;
    DataType type = DataType::kDouble;
    std::int64_t time = 0;  // ns
    double number = 0;
    std::string text;
    bool has_value = false;
    std::uint32_t quality = TELLTALE_QUALITY_BAD;
  };
  using Device = std::map<std::string, Known, std::less<>>;  // key of the series: the metric
  struct Place {
    std::string_view device;
    const Known* metric = nullptr;
  };

  [[nodiscard]] Place place(const telltale_outgoing& reading, std::set<std::string, std::less<>>& changed);
  [[nodiscard]] std::string topic(std::string_view type, std::string_view device = {}) const;
  [[nodiscard]] std::string death() const;
  [[nodiscard]] std::uint8_t next_seq() { return seq_++; }  // 255 is followed by 0
  [[nodiscard]] Messages births();
  [[nodiscard]] mqtt::Outgoing device_birth(std::string_view device, const Device& metrics);

  SparkplugSettings settings_;
  std::map<std::string, Device, std::less<>> devices_;  // "" is the node itself
  std::uint64_t last_alias_ = 0;
  std::uint8_t seq_ = 0;
  std::uint8_t bd_seq_ = 0;  // of the connection
  bool rebirth_asked_ = false;
  std::optional<std::chrono::nanoseconds> reborn_at_{};
};

}  // namespace telltale::mqtt_out
