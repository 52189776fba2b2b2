#include "plugins/mqtt/settings.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <telltale/payload/series_name.hpp>

#include "plugins/mqtt/mqtt_options.h"

namespace telltale::mqtt {
namespace {

constexpr std::size_t kMaxLabels = 16;  // of a series, by the ABI

template <std::size_t Size>
std::size_t choice(std::string_view word, const std::array<telltale_str, Size>& words) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const telltale_str& known) { return to_view(known) == word; });
  if (found == words.end()) throw ConfigError("'" + std::string(word) + "' is not one of the choices");
  return static_cast<std::size_t>(found - words.begin());
}

// The value, or a ConfigError that names the option.
template <class Value>
Value value_or_throw(std::variant<Value, std::string> parsed, std::string_view option) {
  if (const auto* reason = std::get_if<std::string>(&parsed)) throw ConfigError(std::string(option) + ": " + *reason);
  return std::get<Value>(std::move(parsed));
}

payload::JsonPath json_path(std::string_view text, std::string_view option) {
  auto parsed = payload::parse_json_path(text);
  if (const auto* error = std::get_if<payload::JsonPathError>(&parsed)) {
    throw ConfigError(std::string(option) + ": '" + std::string(text) + "': " + error->reason + " at character " +
                      std::to_string(error->position + 1));
  }
  return std::get<payload::JsonPath>(std::move(parsed));
}

payload::JsonTexts texts_of(const Options& options, Kind kind) {
  if (kind == Kind::kState || kind == Kind::kEvent) return payload::JsonTexts::kKeep;
  const bool numbers = options.flag("numbers_in_text") || options.at("payload").flag("numbers_in_text");
  return numbers ? payload::JsonTexts::kAsNumbers : payload::JsonTexts::kIgnore;
}

void take_labels(const Options& options, Subscription& made) {
  std::vector<std::string> names;
  for (const Options label : options.items("labels")) {
    const std::string_view name = label.text("name");
    if (!made.mapped) {
      auto value = value_or_throw(payload::NameTemplate::parse(label.text("value"), made.filter), "labels");
      made.labels.emplace_back(name, std::move(value));
    }
    names.emplace_back(name);
  }
  made.user_properties = options.texts("user_properties");
  for (const std::string& name : made.user_properties) {
    std::string label;
    payload::append_label_name(label, name);
    names.push_back(label);
  }
  if (names.size() > kMaxLabels) throw ConfigError("a series has at most 16 labels");
  for (const std::string& name : names) {
    if (!payload::is_label_name(name)) {
      throw ConfigError("labels: '" + name + "' is no name of a label: letters, digits and _, no digit first");
    }
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw ConfigError("labels: '" + *twice + "' is given twice");
}

// Of the shorter way: what a message holds.
PayloadFormat format_of(std::string_view form) {
  if (form == "json") return PayloadFormat::kJson;
  if (form == "number") return PayloadFormat::kNumber;
  if (form == "text") return PayloadFormat::kText;
  return form == "line" ? PayloadFormat::kLine : PayloadFormat::kAuto;
}

void check_format(const Options& options, Subscription& made) {
  if (options.has("value") || options.has("time")) made.format = PayloadFormat::kJson;
  if (made.format == PayloadFormat::kText && (made.kind == Kind::kGauge || made.kind == Kind::kCounter)) {
    throw ConfigError("a 'payload: text' makes events or states: use 'payload: number' for a gauge or counter");
  }
}

std::chrono::nanoseconds expire_after_of(const Options& options) {
  return options.has("expire_after") ? options.duration("expire_after") : std::chrono::nanoseconds();
}

Subscription make_subscription(const Options& options) {
  Subscription made(value_or_throw(payload::TopicFilter::parse(options.text("topic")), "topic"));
  made.mapped = make_mapped(options, made.filter);
  if (options.has("name") && !made.mapped) {
    made.name = value_or_throw(payload::NameTemplate::parse(options.text("name"), made.filter), "name");
    made.has_name = true;
  }
  made.qos = static_cast<int>(options.integer("qos"));
  const Options payload = options.at("payload");
  made.format = format_of(payload::form_of(payload));
  made.kind = static_cast<Kind>(choice(options.text("kind"), payload::kKindWords));
  made.time_unit = static_cast<payload::SourceTimeUnit>(choice(options.text("time_unit"), payload::kTimeUnitWords));
  if (options.has("unit")) made.unit = options.text("unit");
  if (options.has("decimals")) made.decimals = static_cast<int>(options.integer("decimals"));
  made.selection.texts = texts_of(options, made.kind);
  const Options& value = options.has("value") ? options : payload;
  if (value.has("value")) made.selection.value = json_path(value.text("value"), "value");
  if (options.has("time") && !made.mapped) made.selection.time = json_path(options.text("time"), "time");
  made.expire_after = expire_after_of(options);
  take_labels(options, made);
  check_format(options, made);
  return made;
}

PresetSettings make_preset(const Options& options) {
  PresetSettings made;
  made.kind = static_cast<PresetKind>(choice(options.text("preset"), kPresets));
  if (options.has("topic")) {
    made.topic = options.text("topic");
    while (made.topic.ends_with('/')) made.topic.pop_back();
    const bool plain = made.topic.find_first_of("+#{}") == std::string::npos;
    if (made.topic.empty() || !plain) throw ConfigError("topic: where the messages begin, without '+', '#' and '/'");
    value_or_throw(payload::TopicFilter::parse(made.topic), "topic");
  }
  if (options.has("name")) payload::append_series_name(made.name, options.text("name"));
  if (!made.name.empty()) made.name += '.';
  made.qos = static_cast<int>(options.integer("qos"));
  if (options.has("group")) made.group = options.text("group");
  if (made.group.find_first_of("+#/") != std::string::npos) throw ConfigError("group: one group's name, without '+'");
  if (!made.group.empty() && made.kind != PresetKind::kSparkplug) throw ConfigError("'group' is of sparkplug only");
  made.rebirth = options.flag("rebirth");
  made.expire_after = expire_after_of(options);
  return made;
}

template <class Made, class Make>
std::vector<Made> make_each(const Options& options, std::string_view key, Make&& make) {
  std::vector<Made> all;
  for (const Options item : options.items(key)) {
    try {
      all.push_back(make(item));
    } catch (const ConfigError& error) {
      throw ConfigError(std::string(key) + "[" + std::to_string(all.size() + 1) + "]: " + error.what());
    }
  }
  return all;
}

}  // namespace

std::vector<Filter> filters_of(const std::vector<Subscription>& subscriptions) {
  std::vector<Filter> filters;
  for (const Subscription& subscription : subscriptions) {
    const std::string& topic = subscription.filter.subscription();
    const auto known =
        std::find_if(filters.begin(), filters.end(), [&](const Filter& filter) { return filter.topic == topic; });
    if (known == filters.end()) {
      filters.push_back({topic, subscription.qos});
    } else {
      known->qos = std::max(known->qos, subscription.qos);
    }
  }
  return filters;
}

Settings make_settings(const Options& options, std::string_view made_up_id) {
  Settings made;
  made.broker = make_broker(options, made_up_id);
  made.max_series = static_cast<std::size_t>(options.integer("max_series"));
  made.subscriptions = make_each<Subscription>(options, "subscribe", make_subscription);
  made.presets = make_each<PresetSettings>(options, "presets", make_preset);
  if (made.subscriptions.empty() && made.presets.empty()) {
    throw ConfigError("neither 'subscribe' nor 'presets' has an entry: nothing would ever arrive");
  }
  if (!made.broker.version_5) {
    for (const Subscription& subscription : made.subscriptions) {
      if (!subscription.user_properties.empty()) throw ConfigError("'user_properties' needs 'version: 5'");
    }
  }
  return made;
}

}  // namespace telltale::mqtt
