// A family of devices whose topics and payloads are known: subscribes to what it needs and makes readings of it,
// without any rule of the user's.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <telltale/payload/refusals.hpp>

#include "plugins/mqtt/mapping/message.h"
#include "plugins/mqtt/mapping/publisher.h"
#include "plugins/mqtt/session/outbox.h"
#include "plugins/mqtt/settings.h"

namespace telltale::mqtt {

// What presets work with; all of it outlives them.
struct PresetContext {
  Publisher& publisher;
  payload::Refusals& bad;
  Outbox& outbox;
};

// Owned by the input. One thread at a time: the input sees to it.
class Preset {
 public:
  Preset() = default;
  Preset(const Preset&) = delete;
  Preset& operator=(const Preset&) = delete;
  virtual ~Preset() = default;

  // Publishes what the message says. False when its topic is none of this preset's. Never throws for what a message
  // holds: it is counted instead.
  virtual bool message(const Message& message) = 0;
};

// The preset, which has asked the outbox for its topics.
[[nodiscard]] std::unique_ptr<Preset> make_preset(const PresetSettings& settings, const PresetContext& context);

}  // namespace telltale::mqtt
