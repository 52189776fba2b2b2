#include "plugins/webhook/settings.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace telltale::webhook {

namespace {

payload::JsonPath path_of(std::string_view option, std::string_view text) {
  auto parsed = payload::parse_json_path(text);
  if (const auto* wrong = std::get_if<payload::JsonPathError>(&parsed)) {
    throw ConfigError(std::string(option) + ": '" + std::string(text) + "': " + wrong->reason);
  }
  auto path = std::get<payload::JsonPath>(std::move(parsed));
  const bool is_one_place = std::none_of(path.steps.begin(), path.steps.end(), [](const auto& step) {
    return std::holds_alternative<payload::JsonPath::Every>(step.of);
  });
  if (!is_one_place) {
    throw ConfigError(std::string(option) + ": '" + std::string(text) +
                      "' is more than one place: 'items' names a list");
  }
  return path;
}

std::optional<payload::JsonPath> optional_path(const Options& options, std::string_view name) {
  if (!options.has(name)) return std::nullopt;
  return path_of(name, options.text(name));
}

EventSettings make_event(const Options& options) {
  EventSettings event;
  event.name = options.text("name");
  event.items = optional_path(options, "items");
  for (const Options& where : options.items("where")) {
    event.where.push_back({path_of("where.at", where.text("at")), where.texts("is")});
  }
  event.value = optional_path(options, "value");
  event.scale = options.number("scale");
  if (options.has("unit")) event.unit = options.text("unit");
  if (options.has("decimals")) event.decimals = static_cast<int>(options.integer("decimals"));
  event.time = optional_path(options, "time");
  event.time_unit = payload::source_time_unit_from(options.text("time_unit")).value_or(payload::SourceTimeUnit::kAuto);
  for (const Options& label : options.items("labels")) {
    event.labels.emplace_back(label.text("name"), path_of("labels.value", label.text("value")));
  }
  return event;
}

}  // namespace

Settings make_settings(const Options& options) {
  Settings settings;
  for (const Options& event : options.items("events")) settings.events.push_back(make_event(event));
  settings.every = options.duration("every");
  settings.max_series = static_cast<std::size_t>(options.integer("max_series"));
  return settings;
}

}  // namespace telltale::webhook
