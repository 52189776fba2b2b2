// Readings as JSON: a message for each, or one for many; and Home Assistant's discovery beside the former.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "plugins/mqtt-out/discovery.h"
#include "plugins/mqtt-out/form.h"
#include "plugins/mqtt-out/settings.h"

namespace telltale::mqtt_out {

class JsonForm final : public Form {
 public:
  explicit JsonForm(JsonSettings settings);

  [[nodiscard]] mqtt::Notice will() override;
  [[nodiscard]] std::vector<mqtt::Filter> filters() const override;
  [[nodiscard]] Messages hello() override;
  [[nodiscard]] Messages readings(const OutgoingBatch& batch) override;
  [[nodiscard]] Messages goodbye() override;
  std::string_view take(std::string_view topic, std::string_view payload, bool retained) override;
  [[nodiscard]] Messages tick(std::chrono::nanoseconds now) override;
  [[nodiscard]] bool is_unacknowledged() const override { return false; }

 private:
  [[nodiscard]] mqtt::Outgoing status(std::string payload) const;

  JsonSettings settings_;
  std::optional<Discovery> discovery_;
};

// {"series":…,"time":ms,"value":…,"unit":…,"quality":…}, with "labels", "state", "text" and "historical" where there
// are any. Pure.
void append_reading(std::string& out, const telltale_outgoing& reading, bool historical);

}  // namespace telltale::mqtt_out
