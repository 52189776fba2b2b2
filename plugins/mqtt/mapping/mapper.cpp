#include "plugins/mqtt/mapping/mapper.h"

#include <algorithm>
#include <utility>

#include <telltale/payload/number_payload.hpp>
#include <telltale/payload/series_name.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::mqtt {
namespace {

using payload::JsonLeaf;
using payload::JsonType;

constexpr std::size_t kMaxTopicBytes = 1'024;

std::uint32_t kind_for(Kind kind, JsonType type) {
  switch (kind) {
    case Kind::kGauge:
      return TELLTALE_KIND_GAUGE;
    case Kind::kCounter:
      return TELLTALE_KIND_COUNTER;
    case Kind::kState:
      return TELLTALE_KIND_STATE;
    case Kind::kEvent:
      return TELLTALE_KIND_EVENT;
    case Kind::kAuto:
      break;
  }
  if (type == JsonType::kBoolean) return TELLTALE_KIND_STATE;
  return type == JsonType::kText ? TELLTALE_KIND_EVENT : TELLTALE_KIND_GAUGE;
}

// As an event's text.
std::string_view words_of(const JsonLeaf& leaf) {
  if (leaf.type == JsonType::kBoolean) return payload::kBooleanStates.at(leaf.number != 0 ? 1 : 0);
  return leaf.type == JsonType::kNull ? "null" : leaf.text;
}

bool looks_like_json(std::string_view payload) {
  const std::size_t first = payload.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (payload[first] == '{' || payload[first] == '[' || payload[first] == '"');
}

}  // namespace

Mapper::Mapper(Publisher& publisher, payload::Refusals& bad, std::span<const Subscription> subscriptions,
               std::size_t max_series)
    : publisher_(publisher),
      bad_(bad),
      host_(publisher.host()),
      subscriptions_(subscriptions),
      max_routes_(max_series * 4) {
  for (const Subscription& subscription : subscriptions) {
    maps_.emplace_back();
    if (!subscription.mapped) continue;
    payload::MapSettings map = subscription.mapped->map;
    map.budget = publisher.budget();
    maps_.back() = std::make_unique<payload::FieldMap>(host_, std::move(map));
  }
}

void Mapper::tick() {
  for (const auto& map : maps_) {
    if (map != nullptr) map->expire(host_.now());
  }
}

bool Mapper::message(const Message& message) {
  bool asked_for = true;
  Route* const route = route_of(message.topic, asked_for);
  if (route == nullptr) return asked_for;
  if (message.payload.empty() && message.retained) return true;  // a retained message was deleted
  const std::uint64_t before = publisher_.added() + mapped_;
  const std::size_t slots_before = slots_of(*route);
  for (Leg& leg : *route) take(leg, message);
  cached_slots_ += slots_of(*route) - slots_before;
  if (route == &new_route_ && publisher_.added() + mapped_ != before) keep_new_route(message.topic);
  return true;
}

std::size_t Mapper::slots_of(const Route& route) {
  std::size_t slots = 0;
  for (const Leg& leg : route) slots += leg.slots.size() + leg.places.size();
  return slots;
}

void Mapper::keep_new_route(std::string_view topic) {
  if (routes_.size() >= max_routes_ || cached_slots_ > max_routes_) {  // rare: start the cache anew
    routes_.clear();
    cached_slots_ = slots_of(new_route_);
  }
  routes_.emplace(topic, std::move(new_route_));
}

Mapper::Route* Mapper::route_of(std::string_view topic, bool& asked_for) {
  if (const auto found = routes_.find(topic); found != routes_.end()) return &found->second;
  if (topic.size() > kMaxTopicBytes || !payload::split_topic(topic, levels_)) {
    host_.count("topic.too_long");
    return nullptr;
  }
  new_route_ = make_route(levels_);
  asked_for = !new_route_.empty();
  return asked_for ? &new_route_ : nullptr;
}

// The first subscription that matches, and those that share its topic filter: a message that the broker delivers once
// for each of two overlapping filters is still read by one rule, not by all.
Mapper::Route Mapper::make_route(const payload::TopicLevels& levels) const {
  Route route;
  for (const Subscription& subscription : subscriptions_) {
    if (!subscription.filter.matches(levels)) continue;
    const bool shares =
        route.empty() || route.front().subscription->filter.subscription() == subscription.filter.subscription();
    if (!shares) continue;
    Leg& leg = route.emplace_back();
    leg.subscription = &subscription;
    if (subscription.mapped) {
      leg.map = maps_.at(static_cast<std::size_t>(&subscription - subscriptions_.data())).get();
      for (const auto& [variable, level] : subscription.mapped->variables)
        level.expand(levels, leg.levels.emplace_back());
      continue;
    }
    if (subscription.format != PayloadFormat::kLine || subscription.has_name) {
      subscription.name.expand(levels, leg.name);
    }
    for (const auto& [name, value] : subscription.labels) {
      leg.labels.emplace_back(name, std::string());
      value.expand(levels, leg.labels.back().second);
    }
    leg.topic_labels = leg.labels.size();
  }
  return route;
}

// The labels that come with the message itself. When they are not those of the message before, its slots are of no use.
void Mapper::take_properties(Leg& leg, const Message& message) {
  std::size_t at = leg.topic_labels;
  bool changed = false;
  for (const std::string& wanted : leg.subscription->user_properties) {
    const auto found = std::find_if(message.properties.begin(), message.properties.end(),
                                    [&](const UserProperty& property) { return property.name == wanted; });
    if (found == message.properties.end()) continue;
    if (at == leg.labels.size()) leg.labels.emplace_back();
    auto& [name, value] = leg.labels[at++];
    std::string label;
    payload::append_label_name(label, wanted);
    if (name == label && value == found->value) continue;
    name = std::move(label);
    value = found->value;
    changed = true;
  }
  changed = changed || at != leg.labels.size();
  leg.labels.resize(at);
  if (!changed) return;
  leg.slots.clear();
  leg.places.clear();
}

void Mapper::take(Leg& leg, const Message& message) {
  bad_.handle(message.topic, message.payload);
  if (!leg.subscription->user_properties.empty()) take_properties(leg, message);
  if (leg.map != nullptr) return take_mapped(leg, message);
  PayloadFormat format = leg.subscription->format;
  if (format == PayloadFormat::kAuto) {
    format = looks_like_json(message.payload) ? PayloadFormat::kJson : PayloadFormat::kNumber;
  }
  switch (format) {
    case PayloadFormat::kText:
      take_text(leg, message);
      break;
    case PayloadFormat::kLine:
      take_lines(leg, message);
      break;
    case PayloadFormat::kNumber:
      take_number(leg, message);
      break;
    default:
      take_json(leg, message);
  }
  publisher_.flush();
}

void Mapper::take_mapped(Leg& leg, const Message& message) {
  variables_.clear();
  labels_.clear();
  const Mapped& mapped = *leg.subscription->mapped;
  for (std::size_t i = 0; i < leg.levels.size(); ++i) variables_.push_back({mapped.variables[i].first, leg.levels[i]});
  for (const auto& [name, value] : leg.labels) labels_.push_back({name, value});
  const std::uint64_t before = leg.map->published();
  leg.map->begin(message.payload, {.source = message.topic,
                                   .variables = variables_,
                                   .labels = labels_,
                                   .quality = message.retained ? Quality::kStale : Quality::kGood,
                                   .places = &leg.places});
  mapped.decoder->decode(message.payload, *leg.map);
  leg.map->end();
  mapped_ += leg.map->published() - before;
}

void Mapper::take_json(Leg& leg, const Message& message) {
  const payload::JsonFault fault = json_.decode(message.payload, leg.subscription->selection);
  if (fault != payload::JsonFault::kNone) {
    bad_.add(to_word(fault), message.topic, message.payload);
    return;
  }
  const Stamp stamp = stamp_of(leg, message, json_.time() ? &*json_.time() : nullptr);
  std::size_t position = 0;
  for (const JsonLeaf& leaf : json_.leaves()) publish_leaf(leg, position++, leaf, stamp, {});
}

void Mapper::take_number(Leg& leg, const Message& message) {
  payload::NumberPayload number;
  const payload::NumberFault fault = payload::parse_number_payload(message.payload, {}, number);
  if (fault != payload::NumberFault::kNone) {
    bad_.add(to_word(fault), message.topic, message.payload);
    return;
  }
  if (!number.unit.empty() && !payload::is_utf8(number.unit)) {
    bad_.add("not_utf8", message.topic, message.payload);
    return;
  }
  JsonLeaf leaf;
  leaf.type = number.is_state ? JsonType::kBoolean : JsonType::kNumber;
  leaf.number = number.value;
  leaf.text = message.payload;
  publish_leaf(leg, 0, leaf, stamp_of(leg, message, nullptr), number.unit);
}

void Mapper::take_text(Leg& leg, const Message& message) {
  if (!payload::is_utf8(message.payload)) {
    bad_.add("not_utf8", message.topic, message.payload);
    return;
  }
  JsonLeaf leaf;
  leaf.type = JsonType::kText;
  leaf.text = message.payload;
  publish_leaf(leg, 0, leaf, stamp_of(leg, message, nullptr), {});
}

void Mapper::take_lines(Leg& leg, const Message& message) {
  if (!payload::is_utf8(message.payload)) {
    bad_.add("not_utf8", message.topic, message.payload);
    return;
  }
  payload::LineReader reader(message.payload);
  for (;;) {
    const payload::LineReader::Step step = reader.next();
    if (step == payload::LineReader::Step::kEnd) return;
    if (step == payload::LineReader::Step::kError) {
      bad_.add("bad_line", message.topic, message.payload, reader.error().reason);
      continue;
    }
    const payload::LinePoint& point = reader.point();
    Stamp stamp = stamp_of(leg, message, nullptr);
    if (point.time) {
      stamp.time = *point.time;
      stamp.flags = TELLTALE_READING_WALL_TIME;
    }
    lines_.begin(point);
    for (const payload::LineField& field : point.fields) take_line_reading(leg, lines_.map(field), stamp, point.head);
  }
}

void Mapper::take_line_reading(const Leg& leg, const payload::LineReading& reading, const Stamp& stamp,
                               std::string_view head) {
  key_.assign(leg.name);
  if (!key_.empty()) key_ += '.';
  key_ += reading.name;
  const std::size_t name_size = key_.size();
  append_labels(leg);
  key_.append(1, '\0').append(head);  // equal heads have equal labels
  const auto entry = publisher_.series(key_, [&] {
    SeriesSpec spec;
    spec.name = key_.substr(0, name_size);
    for (const payload::LineTag& label : reading.labels) spec.labels.emplace_back(label.key, label.value);
    for (const auto& label : leg.labels) {  // the point's own tag is nearer to the device
      const auto same = [&](const auto& known) { return known.first == label.first; };
      if (std::none_of(spec.labels.begin(), spec.labels.end(), same)) spec.labels.push_back(label);
    }
    spec.kind = static_cast<std::uint32_t>(reading.kind);
    if (reading.kind == payload::PayloadKind::kState) spec.states = {{0, "false"}, {1, "true"}};
    spec.unit = leg.subscription->unit;
    return spec;
  });
  if (!entry) return;
  if (leg.subscription->expire_after.count() != 0) publisher_.expect(*entry, leg.subscription->expire_after);
  if ((entry->kind == TELLTALE_KIND_EVENT) != (reading.kind == payload::PayloadKind::kEvent)) {
    bad_.add_at_hand("kind_changed");
  } else if (reading.kind == payload::PayloadKind::kEvent) {
    publisher_.add_text(*entry, reading.text, stamp);
  } else {
    publisher_.add(*entry, reading.value, stamp);
  }
}

// After the name, so that series of the same name and other labels are told apart.
void Mapper::append_labels(const Leg& leg) {
  for (const auto& [name, value] : leg.labels) key_.append(1, '\0').append(name).append(1, '=').append(value);
}

Stamp Mapper::stamp_of(const Leg& leg, const Message& message, const JsonLeaf* time) {
  Stamp stamp;
  if (leg.subscription->selection.time) {
    const auto parsed =
        time == nullptr ? std::nullopt : payload::parse_source_time(time->text, leg.subscription->time_unit);
    if (parsed) {
      stamp.time = *parsed;
      stamp.flags = TELLTALE_READING_WALL_TIME;
    } else {  // kept, at the time of arrival, and marked: the value may be older
      bad_.add("no_time", message.topic, message.payload);
      stamp.quality = TELLTALE_QUALITY_UNCERTAIN;
    }
  }
  if (message.retained) stamp.quality = TELLTALE_QUALITY_STALE;
  return stamp;
}

void Mapper::publish_leaf(Leg& leg, std::size_t position, const JsonLeaf& leaf, const Stamp& stamp,
                          std::string_view unit) {
  const SeriesTable::Entry* const series = series_of(leg, position, leaf, unit);
  if (series == nullptr) return;
  if (leg.subscription->expire_after.count() != 0) publisher_.expect(*series, leg.subscription->expire_after);
  if (series->kind == TELLTALE_KIND_EVENT || leaf.type == JsonType::kText) {
    if (series->kind != TELLTALE_KIND_EVENT && series->kind != TELLTALE_KIND_STATE) {
      bad_.add_at_hand("kind_changed");
      return;
    }
    publisher_.add_text(*series, words_of(leaf), stamp);
  } else if (leaf.type == JsonType::kNull) {
    publisher_.add(*series, 0, stamp.with(TELLTALE_QUALITY_BAD));
  } else if (series->kind == TELLTALE_KIND_STATE && leg.subscription->kind == Kind::kAuto &&
             leaf.type == JsonType::kNumber && leaf.number != 0 && leaf.number != 1) {
    bad_.add_at_hand("kind_changed");  // was a boolean before
  } else {
    publisher_.add(*series, leaf.number, stamp);
  }
}

const SeriesTable::Entry* Mapper::series_of(Leg& leg, std::size_t position, const JsonLeaf& leaf,
                                            std::string_view unit) {
  if (position < leg.slots.size() && leg.slots[position].path == leaf.path) return &leg.slots[position].series;
  key_.assign(leg.name);
  if (!leaf.path.empty()) {
    key_ += '.';
    payload::append_series_name(key_, leaf.path);
  }
  const std::size_t name_size = key_.size();
  append_labels(leg);
  const auto entry = publisher_.series(key_, [&] {
    SeriesSpec spec;
    spec.name = key_.substr(0, name_size);
    spec.labels = leg.labels;
    spec.kind = kind_for(leg.subscription->kind, leaf.type);
    if (spec.kind == TELLTALE_KIND_STATE && leaf.type == JsonType::kBoolean) spec.states = {{0, "false"}, {1, "true"}};
    spec.unit = leg.subscription->unit.empty() ? std::string(unit) : leg.subscription->unit;
    spec.decimals = leg.subscription->decimals;
    return spec;
  });
  if (!entry) return nullptr;
  const std::size_t slot = std::min(position, leg.slots.size());
  if (slot == leg.slots.size()) leg.slots.emplace_back();
  leg.slots[slot].path.assign(leaf.path);
  leg.slots[slot].series = *entry;
  return &leg.slots[slot].series;
}

}  // namespace telltale::mqtt
