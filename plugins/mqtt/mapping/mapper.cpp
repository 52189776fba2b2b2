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

constexpr std::size_t kMaxBatch = 4'096;  // what the host takes at once
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

Mapper::Mapper(Host host, std::span<const Subscription> subscriptions, std::size_t max_series)
    : host_(host), subscriptions_(subscriptions), max_routes_(max_series * 4), series_(host, max_series), bad_(host) {
  batch_.reserve(64);
}

void Mapper::message(std::string_view topic, std::string_view payload, bool retained) {
  if (payload.empty() && retained) return;  // a retained message was deleted
  Route* const route = route_of(topic);
  if (route == nullptr) return;
  const Message message{topic, payload, retained};
  const std::uint64_t before = published_;
  const std::size_t slots_before = slots_of(*route);
  for (Leg& leg : *route) take(leg, message);
  cached_slots_ += slots_of(*route) - slots_before;
  if (route == &new_route_ && published_ != before) keep_new_route(topic);
}

std::size_t Mapper::slots_of(const Route& route) {
  std::size_t slots = 0;
  for (const Leg& leg : route) slots += leg.slots.size();
  return slots;
}

void Mapper::keep_new_route(std::string_view topic) {
  if (routes_.size() >= max_routes_ || cached_slots_ > max_routes_) {  // rare: start the cache anew
    routes_.clear();
    cached_slots_ = slots_of(new_route_);
  }
  routes_.emplace(topic, std::move(new_route_));
}

Mapper::Route* Mapper::route_of(std::string_view topic) {
  if (const auto found = routes_.find(topic); found != routes_.end()) return &found->second;
  if (topic.size() > kMaxTopicBytes || !payload::split_topic(topic, levels_)) {
    host_.count("topic.too_long");
    return nullptr;
  }
  new_route_ = make_route(levels_);
  if (new_route_.empty()) host_.count("topic.not_asked_for");
  return new_route_.empty() ? nullptr : &new_route_;
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
    if (subscription.format != PayloadFormat::kLine || subscription.has_name) {
      subscription.name.expand(levels, leg.name);
    }
  }
  return route;
}

void Mapper::take(Leg& leg, const Message& message) {
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
  flush();
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
  key_.append(1, '\0').append(head);  // equal heads have equal labels
  auto entry = series_.find(key_);
  if (!entry) {
    SeriesSpec spec;
    spec.name = key_.substr(0, name_size);
    for (const payload::LineTag& label : reading.labels) spec.labels.emplace_back(label.key, label.value);
    spec.kind = static_cast<std::uint32_t>(reading.kind);
    if (reading.kind == payload::PayloadKind::kState) spec.states = {{0, "false"}, {1, "true"}};
    spec.unit = leg.subscription->unit;
    entry = series_.declare(key_, spec);
  }
  if (!entry) return;
  if ((entry->kind == TELLTALE_KIND_EVENT) != (reading.kind == payload::PayloadKind::kEvent)) {
    host_.count("payload.kind_changed");
  } else if (reading.kind == payload::PayloadKind::kEvent) {
    add_text(*entry, reading.text, stamp);
  } else {
    add(*entry, reading.value, stamp);
  }
}

Mapper::Stamp Mapper::stamp_of(const Leg& leg, const Message& message, const JsonLeaf* time) {
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
  if (series->kind == TELLTALE_KIND_EVENT || leaf.type == JsonType::kText) {
    if (series->kind != TELLTALE_KIND_EVENT && series->kind != TELLTALE_KIND_STATE) {
      host_.count("payload.kind_changed");
      return;
    }
    add_text(*series, words_of(leaf), stamp);
  } else if (leaf.type == JsonType::kNull) {
    Stamp bad = stamp;
    bad.quality = TELLTALE_QUALITY_BAD;
    add(*series, 0, bad);
  } else if (series->kind == TELLTALE_KIND_STATE && leg.subscription->kind == Kind::kAuto &&
             leaf.type == JsonType::kNumber && leaf.number != 0 && leaf.number != 1) {
    host_.count("payload.kind_changed");  // was a boolean before
  } else {
    add(*series, leaf.number, stamp);
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
  auto entry = series_.find(key_);
  if (!entry) {
    SeriesSpec spec;
    spec.name = key_;
    spec.kind = kind_for(leg.subscription->kind, leaf.type);
    if (spec.kind == TELLTALE_KIND_STATE && leaf.type == JsonType::kBoolean) spec.states = {{0, "false"}, {1, "true"}};
    spec.unit = leg.subscription->unit.empty() ? std::string(unit) : leg.subscription->unit;
    spec.decimals = leg.subscription->decimals;
    entry = series_.declare(key_, spec);
  }
  if (!entry) return nullptr;
  const std::size_t slot = std::min(position, leg.slots.size());
  if (slot == leg.slots.size()) leg.slots.emplace_back();
  leg.slots[slot].path.assign(leaf.path);
  leg.slots[slot].series = *entry;
  return &leg.slots[slot].series;
}

void Mapper::add(const SeriesTable::Entry& series, double value, const Stamp& stamp) {
  ++published_;
  batch_.push_back({stamp.time, value, series.number, stamp.quality, stamp.flags});
  if (batch_.size() == kMaxBatch) flush();
}

void Mapper::add_text(const SeriesTable::Entry& series, std::string_view text, const Stamp& stamp) {
  ++published_;
  flush();  // in the order of the message
  host_.publish_text({stamp.time, 0, series.number, stamp.quality, stamp.flags}, text);
}

// What the ring has no room for, the host counts.
void Mapper::flush() {
  if (batch_.empty()) return;
  host_.publish(batch_);
  batch_.clear();
}

}  // namespace telltale::mqtt
