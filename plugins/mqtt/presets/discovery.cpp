#include "plugins/mqtt/presets/discovery.h"

#include <algorithm>
#include <array>
#include <map>

#include <telltale/payload/series_name.hpp>

namespace telltale::mqtt {
namespace {

using payload::JsonLeaf;
using payload::JsonType;

constexpr std::size_t kMaxEntities = 256;      // of one configuration
constexpr std::size_t kMaxAvailability = 8;    // topics of one entity
constexpr double kMaxExpire = 366.0 * 86'400;  // seconds

// Long name and abbreviation of what is used here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kAbbreviations{
    {{"state_topic", "stat_t"},
     {"value_template", "val_tpl"},
     {"unit_of_measurement", "unit_of_meas"},
     {"device_class", "dev_cla"},
     {"state_class", "stat_cla"},
     {"unique_id", "uniq_id"},
     {"object_id", "obj_id"},
     {"default_entity_id", "def_ent_id"},
     {"availability_topic", "avty_t"},
     {"availability_template", "avty_tpl"},
     {"availability", "avty"},
     {"payload_available", "pl_avail"},
     {"payload_not_available", "pl_not_avail"},
     {"payload_on", "pl_on"},
     {"payload_off", "pl_off"},
     {"expire_after", "exp_aft"},
     {"suggested_display_precision", "sug_dsp_prc"},
     {"device", "dev"},
     {"platform", "p"},
     {"components", "cmps"},
     {"topic", "t"},
     {"base", "~"},
     {"value_template", "val_tpl"},
     {"name", "name"}}};

std::string_view long_name(std::string_view name) {
  const auto known =
      std::find_if(kAbbreviations.begin(), kAbbreviations.end(), [&](const auto& pair) { return pair.second == name; });
  return known == kAbbreviations.end() ? name : known->first;
}

// The path with every part's long name.
std::string long_path(std::string_view path) {
  std::string made;
  for (;;) {
    const std::size_t dot = path.find('.');
    made += long_name(path.substr(0, dot));
    if (dot == std::string_view::npos) return made;
    made += '.';
    path.remove_prefix(dot + 1);
  }
}

// Keys of one entity, with long names.
class Keys {
 public:
  void set(std::string key, const JsonLeaf& leaf) { leaves_.insert_or_assign(std::move(key), &leaf); }
  // As text, with ~ replaced; empty when it is not there.
  [[nodiscard]] std::string text(std::string_view key) const {
    const auto found = leaves_.find(key);
    return found == leaves_.end() ? std::string() : std::string(found->second->text);
  }
  [[nodiscard]] std::string topic(std::string_view key) const {
    std::string made = text(key);
    const std::string base = text("base");
    if (made.starts_with('~')) made.replace(0, 1, base);
    if (made.ends_with('~')) made.replace(made.size() - 1, 1, base);
    return made;
  }
  [[nodiscard]] std::optional<double> number(std::string_view key) const {
    const auto found = leaves_.find(key);
    if (found == leaves_.end() || found->second->type != JsonType::kNumber) return std::nullopt;
    return found->second->number;
  }

 private:
  std::map<std::string, const JsonLeaf*, std::less<>> leaves_;
};

// As Home Assistant makes ids of names: small letters, digits and _.
std::string slug(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      made += c;
    } else if (c >= 'A' && c <= 'Z') {
      made += static_cast<char>(c - 'A' + 'a');
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      made += c;
    } else if (!made.empty() && made.back() != '_') {
      made += '_';
    }
  }
  while (made.ends_with('_')) made.pop_back();
  return made;
}

std::string series_name(const Keys& keys, const DiscoveryTopic& topic, std::string_view component_id) {
  std::string id = keys.text("object_id");
  if (id.empty()) id = keys.text("default_entity_id");
  if (const std::size_t dot = id.find('.'); dot != std::string::npos) id.erase(0, dot + 1);
  if (!id.empty()) return slug(id);
  const std::string device = slug(keys.text("device.name"));
  std::string own = slug(keys.text("name"));
  if (own.empty()) own = slug(keys.text("device_class"));
  if (!device.empty() && !own.empty()) return device + "." + own;
  if (const std::string unique = slug(keys.text("unique_id")); !unique.empty()) return unique;
  const std::string object = slug(topic.object);
  return component_id.empty() ? (topic.node.empty() ? object : slug(topic.node) + "." + object)
                              : object + "." + slug(component_id);
}

bool is_topic(std::string_view text) {
  return !text.empty() && text.size() <= 1'024 &&
         text.find_first_of(std::string_view("+#\0", 3)) == std::string_view::npos;
}

// Empty, or what is wrong.
std::string take_template(const std::string& text, std::optional<ValueTemplate>& made) {
  if (text.empty()) return {};
  auto parsed = ValueTemplate::parse(text);
  if (auto* reason = std::get_if<std::string>(&parsed)) return "the template '" + text + "': " + *reason;
  made = std::get<ValueTemplate>(std::move(parsed));
  return {};
}

std::string take_availability(const Keys& keys, Entity& entity) {
  const auto add = [&](const std::string& prefix, std::string_view topic_key, std::string_view template_key) {
    Availability made;
    made.topic = keys.topic(prefix + std::string(topic_key));
    if (!is_topic(made.topic)) return std::string();
    if (std::string word = keys.text(prefix + "payload_available"); !word.empty()) made.available = std::move(word);
    if (std::string word = keys.text(prefix + "payload_not_available"); !word.empty()) {
      made.not_available = std::move(word);
    }
    std::string fault = take_template(keys.text(prefix + std::string(template_key)), made.value_template);
    if (fault.empty()) entity.availability.push_back(std::move(made));
    return fault;
  };
  std::string fault = add("", "availability_topic", "availability_template");
  if (std::string found = add("availability.", "topic", "value_template"); !found.empty()) fault = std::move(found);
  for (std::size_t i = 0; i < kMaxAvailability; ++i) {
    std::string found = add("availability." + std::to_string(i) + ".", "topic", "value_template");
    if (!found.empty()) fault = std::move(found);
  }
  return fault;
}

std::string read_entity(const Keys& keys, const DiscoveryTopic& topic, std::string_view component_id, Entity& entity) {
  entity.state_topic = keys.topic("state_topic");
  if (!is_topic(entity.state_topic)) return "it has no state_topic, or one that is none";
  entity.name = series_name(keys, topic, component_id);
  if (entity.name.empty()) return "it has no name";
  entity.title = keys.text("name");
  entity.unit = keys.text("unit_of_measurement");
  entity.state_class = keys.text("state_class");
  entity.device_class = keys.text("device_class");
  if (std::string word = keys.text("payload_on"); !word.empty()) entity.payload_on = std::move(word);
  if (std::string word = keys.text("payload_off"); !word.empty()) entity.payload_off = std::move(word);
  if (const auto seconds = keys.number("expire_after"); seconds && *seconds >= 1 && *seconds <= kMaxExpire) {
    entity.expire_after = std::chrono::nanoseconds(static_cast<std::int64_t>(*seconds * 1e9));
  }
  if (const auto digits = keys.number("suggested_display_precision"); digits && *digits >= 0 && *digits <= 9) {
    entity.decimals = static_cast<int>(*digits);
  }
  if (std::string fault = take_template(keys.text("value_template"), entity.value_template); !fault.empty()) {
    return fault;
  }
  return take_availability(keys, entity);
}

}  // namespace

std::optional<DiscoveryTopic> parse_discovery_topic(std::string_view rest) {
  std::array<std::string_view, 4> parts;
  std::size_t count = 0;
  for (;;) {
    if (count == parts.size()) return std::nullopt;
    const std::size_t slash = rest.find('/');
    parts.at(count++) = rest.substr(0, slash);
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (count < 3 || parts.at(count - 1) != "config") return std::nullopt;
  if (count == 3) return DiscoveryTopic{parts[0], {}, parts[1]};
  return DiscoveryTopic{parts[0], parts[1], parts[2]};
}

std::vector<Entity> read_discovery(const DiscoveryTopic& topic, std::span<const JsonLeaf> leaves,
                                   std::vector<std::string>& faults) {
  // Of a device with many components the common keys hold for each, and its own come over them.
  constexpr std::string_view kComponents = "components.";
  Keys common;
  std::map<std::string, Keys, std::less<>> components;
  std::vector<std::pair<std::string, const JsonLeaf*>> own;
  for (const JsonLeaf& leaf : leaves) {
    std::string path = long_path(leaf.path);
    if (path.starts_with(kComponents)) {
      own.emplace_back(path.substr(kComponents.size()), &leaf);
    } else {
      common.set(std::move(path), leaf);
    }
  }
  std::vector<Entity> found;
  const auto read = [&](const Keys& keys, std::string_view platform, std::string_view component_id) {
    if (platform != "sensor" && platform != "binary_sensor") return;
    Entity entity;
    entity.binary = platform == "binary_sensor";
    std::string fault = read_entity(keys, topic, component_id, entity);
    if (fault.empty()) {
      found.push_back(std::move(entity));
    } else {
      faults.push_back(std::move(fault));
    }
  };
  if (topic.component != "device") {
    read(common, topic.component, {});
    return found;
  }
  for (const auto& [path, leaf] : own) {
    const std::size_t dot = path.find('.');
    if (dot == std::string::npos || (components.size() == kMaxEntities && !components.contains(path.substr(0, dot)))) {
      continue;
    }
    components.try_emplace(path.substr(0, dot), common).first->second.set(path.substr(dot + 1), *leaf);
  }
  for (const auto& [id, keys] : components) read(keys, keys.text("platform"), id);
  return found;
}

}  // namespace telltale::mqtt
