#include "plugins/mqtt/mqtt_input.h"

#include <random>
#include <string>
#include <utility>

namespace telltale::mqtt {
namespace {

// Two devices with the same configuration must not throw each other out of the broker.
std::string made_up_id(std::string_view input) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id = "telltale-" + std::string(input) + "-";
  std::random_device random;
  for (int i = 0; i < 8; ++i) id += kDigits[random() % kDigits.size()];
  return id;
}

// A message of an overlap is mapped once, or twice when the broker delivers it for each filter: the user should know.
void warn_of_overlaps(Host host, const std::vector<Subscription>& subscriptions) {
  for (std::size_t i = 0; i < subscriptions.size(); ++i) {
    for (std::size_t j = i + 1; j < subscriptions.size(); ++j) {
      const auto& first = subscriptions[i].filter;
      const auto& second = subscriptions[j].filter;
      if (first.subscription() == second.subscription() || !first.overlaps(second)) continue;
      host.warning("the topics '" + first.subscription() + "' and '" + second.subscription() +
                   "' overlap: some brokers deliver a message once for each; the first one's rule is used");
      return;
    }
  }
}

}  // namespace

MqttInput::MqttInput(Host host)
    : host_(host),
      settings_(make_settings(host.options(), made_up_id(host.id()))),
      outbox_(filters_of(settings_.subscriptions)),
      bad_(host),
      publisher_(host, settings_.max_series),
      mapper_(publisher_, bad_, settings_.subscriptions, settings_.max_series) {
  warn_of_overlaps(host, settings_.subscriptions);
  for (const PresetSettings& preset : settings_.presets) {
    presets_.push_back(make_preset(preset, {publisher_, bad_, outbox_}));
  }
}

void MqttInput::take(const Message& message) {
  const std::lock_guard lock(mutex_);
  try {
    bool taken = false;
    bad_.handle(message.topic, message.payload);
    for (const auto& preset : presets_) taken = preset->message(message) || taken;
    taken = (!settings_.subscriptions.empty() && mapper_.message(message)) || taken;
    if (!taken) host_.count("topic.not_asked_for");
  } catch (const std::exception& error) {  // out of memory: nothing may cross into Paho
    host_.count("message.failed");
    host_.error(error.what());
  }
  bad_.handle({}, {});
}

void MqttInput::run(int stop_fd) {
  SessionEvents events;
  events.tick = [this] {
    const std::lock_guard lock(mutex_);
    publisher_.tick();
    mapper_.tick();
  };
  Session session(
      host_, settings_.broker, outbox_, [this](const Message& message) { take(message); }, std::move(events));
  session.run(stop_fd);
}

}  // namespace telltale::mqtt
