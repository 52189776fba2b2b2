// From a message to readings: topic and payload in, published readings out. Knows nothing of the network.
//
// The way of a message that looks like the one before: one lookup of the topic, one decoding, one crossing to the host
// with all its readings; nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <telltale/cpp/host.hpp>
#include <telltale/payload/field_map.hpp>
#include <telltale/payload/json_payload.hpp>
#include <telltale/payload/line_series.hpp>
#include <telltale/payload/refusals.hpp>
#include <telltale/payload/topic_filter.hpp>

#include "plugins/mqtt/mapping/message.h"
#include "plugins/mqtt/mapping/publisher.h"
#include "plugins/mqtt/mapping/subscription.h"

namespace telltale::mqtt {

// Owned by the input. One thread at a time: the session sees to it.
class Mapper {
 public:
  // All of them must outlive the mapper.
  Mapper(Publisher& publisher, payload::Refusals& bad, std::span<const Subscription> subscriptions,
         std::size_t max_series);

  // Publishes what the message says. Never throws for what a message holds: it is counted instead. False when no
  // subscription asks for its topic.
  bool message(const Message& message);
  // Says `bad` of the shared rules' series that are silent for too long. To be called every second or so.
  void tick();

 private:
  // A series of a topic: where the leaf at the same position of the last message went.
  struct Slot {
    std::string path;  // below the topic's name
    SeriesTable::Entry series;
  };
  // One subscription applied to one topic.
  struct Leg {
    const Subscription* subscription = nullptr;
    std::string name;  // of the topic
    std::vector<std::pair<std::string, std::string>> labels;
    std::size_t topic_labels = 0;  // of `labels`, the first; those of user properties follow
    std::vector<Slot> slots;
    payload::FieldMap* map = nullptr;  // of a subscription with the shared rules
    std::vector<std::string> levels;   // what stands for its variables
    payload::FieldPlaces places;
  };
  using Route = std::vector<Leg>;

  [[nodiscard]] Route* route_of(std::string_view topic, bool& asked_for);
  [[nodiscard]] Route make_route(const payload::TopicLevels& levels) const;
  void keep_new_route(std::string_view topic);
  [[nodiscard]] static std::size_t slots_of(const Route& route);
  static void take_properties(Leg& leg, const Message& message);
  void take(Leg& leg, const Message& message);
  void take_mapped(Leg& leg, const Message& message);
  void take_json(Leg& leg, const Message& message);
  void take_number(Leg& leg, const Message& message);
  void take_text(Leg& leg, const Message& message);
  void take_lines(Leg& leg, const Message& message);
  void take_line_reading(const Leg& leg, const payload::LineReading& reading, const Stamp& stamp,
                         std::string_view head);

  [[nodiscard]] Stamp stamp_of(const Leg& leg, const Message& message, const payload::JsonLeaf* time);
  void publish_leaf(Leg& leg, std::size_t position, const payload::JsonLeaf& leaf, const Stamp& stamp,
                    std::string_view unit);
  [[nodiscard]] const SeriesTable::Entry* series_of(Leg& leg, std::size_t position, const payload::JsonLeaf& leaf,
                                                    std::string_view unit);
  void append_labels(const Leg& leg);

  Publisher& publisher_;
  payload::Refusals& bad_;
  Host host_;
  std::span<const Subscription> subscriptions_;
  std::size_t max_routes_;
  payload::JsonDecoder json_;
  payload::LineMapper lines_;
  std::vector<std::unique_ptr<payload::FieldMap>> maps_;  // of each subscription; none: the shorter way
  std::unordered_map<std::string, Route, TextHash, std::equal_to<>> routes_;
  std::size_t cached_slots_ = 0;
  Route new_route_;  // of a topic that has not given a reading yet: hostile topics fill no cache
  // Scratch.
  payload::TopicLevels levels_;
  std::string key_;
  std::vector<payload::LineTag> variables_;
  std::vector<payload::LineTag> labels_;
  std::uint64_t mapped_ = 0;  // readings of the shared rules
};

}  // namespace telltale::mqtt
