#include "plugins/mqtt/presets/home_assistant.h"

#include <algorithm>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/series_name.hpp>
#include <telltale/payload/utf8.hpp>

namespace telltale::mqtt {
namespace {

Stamp stamp_of(const Message& message) {
  return {.quality = message.retained ? std::uint16_t{TELLTALE_QUALITY_STALE} : std::uint16_t{0}};
}

// What a template answers, or the payload itself, as a text.
std::string text_of(const TemplateValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "True" : "False";
  if (const auto* number = std::get_if<double>(&value)) {
    const auto whole = static_cast<long long>(std::clamp(*number, -9e15, 9e15));
    return static_cast<double>(whole) == *number ? std::to_string(whole) : std::to_string(*number);
  }
  return {};
}

std::optional<double> number_of(const TemplateValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  std::string_view trimmed = *text;
  while (!trimmed.empty() && trimmed.front() <= ' ') trimmed.remove_prefix(1);
  while (!trimmed.empty() && trimmed.back() <= ' ') trimmed.remove_suffix(1);
  double number = 0;
  if (payload::parse_decimal(trimmed, number) != payload::DecimalFault::kNone) return std::nullopt;
  return number;
}

}  // namespace

HomeAssistant::HomeAssistant(const PresetSettings& settings, const PresetContext& context)
    : settings_(settings),
      context_(context),
      base_(settings.topic.empty() ? "homeassistant" : settings.topic),
      json_(context.bad) {
  for (const char* const component : {"sensor", "binary_sensor", "device"}) {
    context_.outbox.subscribe(base_ + "/" + component + "/+/config", settings.qos);
    context_.outbox.subscribe(base_ + "/" + component + "/+/+/config", settings.qos);
  }
}

bool HomeAssistant::message(const Message& message) {
  if (const auto rest = below(message.topic, base_); rest && rest->ends_with("/config")) {
    configure(*rest, message);
    return true;
  }
  const bool taken = state(message);
  context_.publisher.flush();
  return taken;
}

void HomeAssistant::configure(std::string_view rest, const Message& message) {
  const auto topic = parse_discovery_topic(rest);
  if (!topic) return;
  const std::string key(message.topic);
  forget(key);
  if (message.payload.empty()) return;  // the device is gone
  const auto leaves = json_.leaves(message);
  if (leaves.empty()) return;
  std::vector<std::string> faults;
  std::vector<Entity> found = read_discovery(*topic, leaves, faults);
  for (const std::string& fault : faults) context_.bad.add("discovery", message.topic, message.payload, fault);
  for (Entity& entity : found) {
    if (entities_ == kMaxEntities) {
      context_.publisher.host().count("discovery.over_limit");
      break;
    }
    auto announced = std::make_shared<Announced>();
    announced->entity = std::move(entity);
    listen(announced);
    configured_[key].push_back(std::move(announced));
    ++entities_;
  }
}

void HomeAssistant::listen(const std::shared_ptr<Announced>& announced) {
  const Entity& entity = announced->entity;
  announced->online.assign(entity.availability.size(), true);
  by_state_[entity.state_topic].push_back(announced);
  bool good = context_.outbox.subscribe(entity.state_topic, settings_.qos);
  for (const Availability& one : entity.availability) {
    Group& group = by_availability_[one.topic];
    if (std::find(group.begin(), group.end(), announced) == group.end()) group.push_back(announced);
    good = context_.outbox.subscribe(one.topic, settings_.qos) && good;
  }
  if (!good) context_.publisher.host().count("discovery.over_limit");
}

void HomeAssistant::forget(const std::string& topic) {
  const auto known = configured_.find(topic);
  if (known == configured_.end()) return;
  const auto remove = [](Index& index, const std::string& key, const std::shared_ptr<Announced>& announced) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    std::erase(found->second, announced);
    if (found->second.empty()) index.erase(found);
  };
  for (const auto& announced : known->second) {
    remove(by_state_, announced->entity.state_topic, announced);
    for (const Availability& one : announced->entity.availability) remove(by_availability_, one.topic, announced);
    --entities_;
  }
  configured_.erase(known);
}

bool HomeAssistant::state(const Message& message) {
  const auto states = by_state_.find(message.topic);
  const auto availabilities = by_availability_.find(message.topic);
  if (states == by_state_.end() && availabilities == by_availability_.end()) return false;
  if (message.payload.empty() && message.retained) return true;
  if (!payload::is_utf8(message.payload)) {
    context_.bad.add("not_utf8", message.topic, message.payload);
    return true;
  }
  TemplateInput input{message.payload};
  payload::JsonSelection all;
  all.texts = payload::JsonTexts::kKeep;
  if (decoder_.decode(message.payload, all) == payload::JsonFault::kNone) input.value_json = decoder_.leaves();
  if (availabilities != by_availability_.end()) {
    for (const auto& announced : availabilities->second) availability(*announced, message, input);
  }
  if (states == by_state_.end()) return true;
  for (const auto& announced : states->second) {
    const auto& form = announced->entity.value_template;
    publish(*announced, form ? form->evaluate(input) : TemplateValue(std::string(message.payload)), stamp_of(message));
  }
  return true;
}

void HomeAssistant::availability(Announced& announced, const Message& message, const TemplateInput& input) {
  const auto& all = announced.entity.availability;
  const bool was_online = std::find(announced.online.begin(), announced.online.end(), false) == announced.online.end();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].topic != message.topic) continue;
    const std::string word =
        all[i].value_template ? text_of(all[i].value_template->evaluate(input)) : std::string(message.payload);
    if (word == all[i].available) announced.online[i] = true;
    if (word == all[i].not_available) announced.online[i] = false;
  }
  const bool is_online = std::find(announced.online.begin(), announced.online.end(), false) == announced.online.end();
  if (was_online && !is_online && announced.series && announced.series->kind != TELLTALE_KIND_EVENT) {
    context_.publisher.add(*announced.series, 0, Stamp{.quality = TELLTALE_QUALITY_BAD});
  }
}

void HomeAssistant::publish(Announced& announced, const TemplateValue& value, const Stamp& stamp) {
  if (std::holds_alternative<std::monostate>(value)) return;  // the message is about something else
  if (announced.entity.binary) {
    publish_binary(announced, value, stamp);
    return;
  }
  const auto number = number_of(value);
  const std::string text = number ? std::string() : text_of(value);
  if (!number && (text.empty() || text == "None" || text == "unknown" || text == "unavailable")) {
    if (announced.series && announced.series->kind != TELLTALE_KIND_EVENT) {
      context_.publisher.add(*announced.series, 0, stamp.with(TELLTALE_QUALITY_BAD));
    }
    return;
  }
  const SeriesTable::Entry* const entry = series(announced, number.has_value());
  if (entry == nullptr) return;
  const bool of_numbers = entry->kind == TELLTALE_KIND_GAUGE || entry->kind == TELLTALE_KIND_COUNTER;
  if (of_numbers && number) {
    context_.publisher.add(*entry, *number, stamp);
  } else if (of_numbers) {
    context_.bad.add_at_hand("kind_changed");
  } else {
    context_.publisher.add_text(*entry, number ? text_of(value) : text, stamp);
  }
}

void HomeAssistant::publish_binary(Announced& announced, const TemplateValue& value, const Stamp& stamp) {
  const std::string word = text_of(value);
  const bool on = word == announced.entity.payload_on;
  if (!on && word != announced.entity.payload_off) {
    context_.bad.add_at_hand("not_a_state");
    return;
  }
  if (const SeriesTable::Entry* const entry = series(announced, false)) {
    context_.publisher.add(*entry, on ? 1 : 0, stamp);
  }
}

const SeriesTable::Entry* HomeAssistant::series(Announced& announced, bool is_number) {
  const Entity& entity = announced.entity;
  if (!announced.series) {
    std::string key = settings_.name;
    payload::append_series_name(key, entity.name);
    announced.series = context_.publisher.series(key, [&] {
      SeriesSpec spec;
      spec.name = key;
      spec.unit = entity.unit;
      spec.title = entity.title;
      spec.decimals = entity.decimals;
      if (entity.binary) {
        spec.kind = TELLTALE_KIND_STATE;
        spec.states = {{0, "off"}, {1, "on"}};
      } else if (is_number || !entity.unit.empty() || !entity.state_class.empty()) {
        spec.kind = entity.state_class == "total_increasing" ? TELLTALE_KIND_COUNTER : TELLTALE_KIND_GAUGE;
      } else {
        spec.kind = entity.device_class == "enum" ? TELLTALE_KIND_STATE : TELLTALE_KIND_EVENT;
      }
      return spec;
    });
  }
  if (!announced.series) return nullptr;
  const auto patience = entity.expire_after.count() != 0 ? entity.expire_after : settings_.expire_after;
  if (patience.count() != 0) context_.publisher.expect(*announced.series, patience);
  return &*announced.series;
}

}  // namespace telltale::mqtt
