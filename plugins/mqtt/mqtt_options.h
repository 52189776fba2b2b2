// The options table: what a user may write under `options:` of an mqtt input.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>

namespace telltale::mqtt {

inline constexpr std::array kVersions{to_str("3.1.1"), to_str("5")};
inline constexpr std::array kPayloads{to_str("auto"), to_str("json"), to_str("number"), to_str("text"), to_str("line")};
inline constexpr std::array kKinds{to_str("auto"), to_str("gauge"), to_str("counter"), to_str("state"),
                                   to_str("event")};
inline constexpr std::array kTimeUnits{to_str("auto"), to_str("s"), to_str("ms"), to_str("us"), to_str("ns")};

inline constexpr telltale_option kSubscribeTable[] = {
    Option::text("topic", "Topic filter: + is a level, # all that follow, {name} a level with a name.").required(),
    Option::integer("qos", "Quality of service: 0 at most once, 1 at least once, 2 exactly once.")
        .by_default("1")
        .range(0, 2),
    Option::text("payload", "What messages hold; auto: JSON when it looks like it, else a number or on/off.")
        .by_default("auto")
        .one_of(kPayloads),
    Option::text("value", "Where in the JSON the value stands: $.a.b[0], /a/b/0 or $.*; without it, every number."),
    Option::text("time", "Where in the JSON the time of the value stands; without it, the time of arrival."),
    Option::text("time_unit", "What a numeric time counts; auto goes by its size.")
        .by_default("auto")
        .one_of(kTimeUnits),
    Option::text("name",
                 "Name of the series, with {name}, {N} (level of the topic, from 0) and {#}; without it, the "
                 "topic with dots for slashes."),
    Option::text("unit", "Unit of the value, °C."),
    Option::text("kind", "gauge, counter, state or event; auto: numbers are gauges, booleans states, texts events.")
        .by_default("auto")
        .one_of(kKinds),
    Option::integer("decimals", "Digits to show after the point.").range(0, 9),
    Option::boolean("numbers_in_text", "Accept a JSON text that is a number, \"21.5\".").by_default("false"),
};

inline constexpr telltale_option kOptionTable[] = {
    Option::text("url", "The broker: mqtt://HOST:PORT.").by_default("mqtt://127.0.0.1:1883"),
    Option::text("version", "MQTT version to speak.").by_default("3.1.1").one_of(kVersions),
    Option::text("client_id", "Name of this client, unique at the broker; without it, one is made up."),
    Option::text("username", "User at the broker."),
    Option::text("password", "Password at the broker.").secret(),
    Option::duration("keep_alive", "Silence after which the connection is tried with a ping.")
        .by_default("30s")
        .range(1e9, 3.6e12),
    Option::boolean("clean_session", "Off: the broker keeps messages while this device is away (needs client_id).")
        .by_default("true"),
    Option::integer("max_series", "Series that messages may create; more are refused and counted.")
        .by_default("2000")
        .range(1, 65536),
    Option::section("subscribe", "What to subscribe to.", kSubscribeTable).list().required(),
};

}  // namespace telltale::mqtt
