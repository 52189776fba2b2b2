#include "plugins/mqtt-out/settings.h"

#include <array>

#include <unistd.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/mqtt-out/json_form.h"
#include "plugins/mqtt-out/sparkplug_form.h"
#include "plugins/option_text/line.h"

namespace telltale::mqtt_out {

namespace {

constexpr std::size_t kLongestId = 256;

std::string node_of(const Options& options) {
  if (options.has("node")) return option_text::line_of(options, "node", kLongestId);
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') {
    throw ConfigError("this machine has no name: say 'node'");
  }
  return name.data();
}

std::string sparkplug_id(std::string_view option, std::string_view id) {
  if (id.size() > kLongestId)
    throw ConfigError(std::string(option) + ": at most " + std::to_string(kLongestId) + " bytes");
  if (id.empty() || !option_text::is_utf8(id) || id != topic_level(id)) {
    throw ConfigError(std::string(option) + ": '" + std::string(id) + "': an id of Sparkplug has no '/', '+' and '#'");
  }
  return std::string(id);
}

JsonSettings json_settings(const Options& options, std::string_view id) {
  const bool batch = options.text("form") == "batch";
  const std::string node = node_of(options);
  const std::string_view by_default = batch ? "telltale/{node}" : "telltale/{node}/{path}";
  JsonSettings made{.topic = {"topic", options.has("topic") ? options.text("topic") : by_default, node, id},
                    .status = {},
                    .node = node,
                    .homeassistant = std::nullopt};
  const TopicTemplate status("status", options.text("status"), node, id);
  if (status.is_of_series()) throw ConfigError("status: only {node} and {id} have a place in it");
  if (batch && made.topic.is_of_series()) {
    throw ConfigError("topic: a batch is of many series: only {node} and {id} have a place in it");
  }
  made.status = status.text();
  made.batch = batch;
  made.qos = static_cast<int>(options.integer("qos"));
  made.retain = !batch && options.flag("retain");
  if (!options.has("homeassistant")) return made;
  if (batch) throw ConfigError("'homeassistant' needs 'form: series'");
  const Options discovery = options.at("homeassistant");
  const TopicTemplate prefix("homeassistant.prefix", discovery.text("prefix"), node, id);
  if (prefix.is_of_series()) throw ConfigError("homeassistant.prefix: only {node} and {id} have a place in it");
  made.homeassistant = HomeAssistantSettings{prefix.text(), discovery.duration("forget_after")};
  return made;
}

}  // namespace

mqtt::Broker make_broker(const Options& options, std::string_view id) {
  return mqtt::take_connection(options, "telltale-" + node_of(options) + "-" + std::string(id));
}

std::unique_ptr<Form> make_form(const Options& options, std::string_view id) {
  if (options.text("form") != "sparkplug") return std::make_unique<JsonForm>(json_settings(options, id));
  if (options.has("topic") || options.has("homeassistant")) {
    throw ConfigError("'topic' and 'homeassistant' have no place in 'form: sparkplug'");
  }
  const Options sparkplug = options.at("sparkplug");
  return std::make_unique<SparkplugForm>(SparkplugSettings{
      sparkplug_id("sparkplug.group", sparkplug.text("group")), sparkplug_id("node", node_of(options)),
      option_text::line_of(sparkplug, "device_label", kLongestId)});
}

}  // namespace telltale::mqtt_out
