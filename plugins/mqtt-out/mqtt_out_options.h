// The options table: what a user may write under `options:` of an mqtt-out sink.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>

#include "plugins/mqtt/mqtt_options.h"

namespace telltale::mqtt_out {

inline constexpr std::array kFormChoices{to_str("series"), to_str("batch"), to_str("sparkplug")};

inline constexpr telltale_option kHomeAssistantTable[] = {
    Option::text("prefix", "Where Home Assistant looks for discovery.").by_default("homeassistant"),
    Option::duration("forget_after",
                     "What an earlier configuration announced and no reading came of for so long is withdrawn.")
        .by_default("1h")
        .range(1e9, 8.64e14),
};

inline constexpr telltale_option kSparkplugTable[] = {
    Option::text("group", "The group id.").by_default("telltale"),
    Option::text("device_label", "The label whose value is the Sparkplug device; without it, all are the node's."),
};

inline constexpr telltale_option kOptionTable[] = {
    mqtt::kUrlOption,
    mqtt::kVersionOption,
    Option::text("client_id", "Name of this client, unique at the broker; without it, telltale-NODE-ID."),
    mqtt::kUsernameOption,
    mqtt::kPasswordOption,
    mqtt::kTlsOption,
    mqtt::kKeepAliveOption,
    Option::text("node",
                 "What this device is called there: {node} in topics, Sparkplug's edge node, Home Assistant's "
                 "device. Without it, the host's name."),
    Option::text("form", "series: a JSON message for each reading; batch: one for many; sparkplug: Sparkplug B.")
        .by_default("series")
        .one_of(kFormChoices),
    Option::text("topic",
                 "Of series and batch: where to publish, with {node}, {id} (of the sink), {series}, {path} (with "
                 "slashes for dots) and {NAME} of a label. Without it, telltale/{node}/{path}, and telltale/{node}."),
    Option::text("status", "Of series and batch: the topic of online and offline, retained; offline is the will.")
        .by_default("telltale/{node}/status"),
    Option::integer("qos",
                    "Of series and batch: 1 at least once; 0 at most once, what is on its way is lost with the "
                    "connection.")
        .by_default("1")
        .range(0, 1),
    Option::boolean("retain", "Of series: the broker keeps the latest reading of each; never one that is caught up.")
        .by_default("true"),
    Option::section("homeassistant", "Of series: announce each to Home Assistant.", kHomeAssistantTable),
    Option::section("sparkplug", "Of sparkplug.", kSparkplugTable).by_default("{}"),
};

}  // namespace telltale::mqtt_out
