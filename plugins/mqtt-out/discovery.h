// Home Assistant's discovery, outwards (home-assistant.io, "MQTT Discovery", and the MQTT sensor's options): a retained
// config topic for each series. What an earlier configuration of this sink left at the broker, and is sent no more, is
// withdrawn. Of the link's thread.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <telltale/host.h>

#include "plugins/mqtt-out/form.h"

namespace telltale::mqtt_out {

class Discovery {
 public:
  static constexpr std::size_t kMostTopics = 65'536;

  Discovery(std::string prefix, std::string node, std::string status, std::chrono::nanoseconds forget_after);

  // All of our config topics, to see what is there.
  [[nodiscard]] std::string filter() const;
  // The config of a series that was not announced yet; nothing for events.
  [[nodiscard]] std::optional<mqtt::Outgoing> announce(const telltale_series& series, std::string_view state_topic);
  // Again, over a new connection: the broker may have lost what it kept.
  [[nodiscard]] Messages all() const;
  // A config topic that the broker keeps; an empty payload is one that is gone.
  void take(std::string_view topic, std::string_view payload);
  // What is to be withdrawn once the time for it has come.
  [[nodiscard]] Messages withdraw(std::chrono::nanoseconds now);

 private:
  [[nodiscard]] std::string topic_of(std::string_view object) const;
  [[nodiscard]] std::string config_of(const telltale_series& series, std::string_view object,
                                      std::string_view state_topic) const;

  std::string prefix_;
  std::string node_;
  std::string node_id_;
  std::string status_;
  std::chrono::nanoseconds forget_after_;
  std::optional<std::chrono::nanoseconds> began_{};
  std::map<std::string, std::string, std::less<>> announced_;  // key of the series: its config topic
  std::map<std::string, std::string, std::less<>> configs_;    // config topic: its payload
  std::set<std::string, std::less<>> there_;                   // config topics at the broker; bounded
};

// What Home Assistant calls a quantity, by its unit and the name of the series; empty when it has no word for it. Pure.
[[nodiscard]] std::string_view device_class(std::string_view unit, std::string_view name);

// Letters, digits, - and _, and a number that no other text gets. Pure.
[[nodiscard]] std::string object_id(std::string_view key);

}  // namespace telltale::mqtt_out
