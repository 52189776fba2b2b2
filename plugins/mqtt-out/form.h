// What is published, in one of three forms: the messages of a connection's beginning, of readings, and of its end. A
// form knows no network, and is used by one thread: the link's.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include <telltale/cpp/sink.hpp>

#include "plugins/mqtt/broker.h"
#include "plugins/mqtt/session/outbox.h"

namespace telltale::mqtt_out {

using Messages = std::vector<mqtt::Outgoing>;

class Form {
 public:
  Form() = default;
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;
  virtual ~Form() = default;

  // What the broker publishes when it loses the connection that is made next.
  [[nodiscard]] virtual mqtt::Notice will() = 0;
  // To subscribe to, before hello().
  [[nodiscard]] virtual std::vector<mqtt::Filter> filters() const = 0;
  [[nodiscard]] virtual Messages hello() = 0;
  [[nodiscard]] virtual Messages readings(const OutgoingBatch& batch) = 0;
  // Before a connection is ended on purpose: the broker then forgets the will.
  [[nodiscard]] virtual Messages goodbye() = 0;
  // A message that came of the filters. What to count it as; empty: nothing.
  virtual std::string_view take(std::string_view topic, std::string_view payload, bool retained) = 0;
  // About once a second, and after take(). `now` is of the host's clock.
  [[nodiscard]] virtual Messages tick(std::chrono::nanoseconds now) = 0;
  // Messages have no acknowledgement of their own: readings are there once the broker has answered something that was
  // asked after them.
  [[nodiscard]] virtual bool is_unacknowledged() const = 0;
};

}  // namespace telltale::mqtt_out
