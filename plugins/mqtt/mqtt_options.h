// The options table: what a user may write under `options:` of an mqtt input.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>
#include <telltale/payload/payload_options.hpp>

namespace telltale::mqtt {

inline constexpr std::array kVersions{to_str("3.1.1"), to_str("5")};
inline constexpr std::array kPresets{to_str("homeassistant"), to_str("zigbee2mqtt"), to_str("tasmota"),
                                     to_str("shelly"), to_str("sparkplug")};

inline constexpr telltale_option kLabelTable[] = {
    Option::text("name", "Name of the label: letters, digits and _.").required(),
    Option::text("value", "Its value, with {name}, {N} and {#} for levels of the topic, or a field's name in braces.")
        .required(),
};

inline constexpr auto kSubscribeTable = payload::join(
    std::array<telltale_option, 3>{
        Option::text("topic",
                     "Topic filter: + is a level, # all that follow, {name} a level with a name; $share/GROUP/… shares "
                     "the messages among the clients of a group.")
            .required(),
        Option::integer("qos", "Quality of service: 0 at most once, 1 at least once, 2 exactly once.")
            .by_default("1")
            .range(0, 2),
        Option::section("payload",
                        "What messages hold: a form's name, or a section that says more. auto is JSON when it looks "
                        "like it, else a number or on and off, and nothing else.",
                        payload::kPayloadTable)
            .by_default("{}"),
    },
    std::array<telltale_option, 6>{
        Option::text("value", "Where in the JSON the value stands: $.a.b[0], /a/b/0 or $.*; without it, every number."),
        Option::boolean("numbers_in_text", "Accept a JSON text that is a number, \"21.5\".").by_default("false"),
        Option::text("name",
                     "Name of the series, with {name}, {N} (level of the topic, from 0), {#}, {topic}, {input}, or a "
                     "field's name in braces; the field's own name follows, unless {field} says where it stands. "
                     "Without it, the topic with dots for slashes."),
        Option::section("labels", "Labels of the series.", kLabelTable).list(),
        Option::text("user_properties", "MQTT 5 user properties of a message that become labels of the series.").list(),
        Option::duration("expire_after", "A series that gets no message for so long becomes bad; without it, never.")
            .range(1e9, 3.1536e16),
    },
    payload::kFieldOptions);

inline constexpr telltale_option kPresetTable[] = {
    Option::text("preset", "Whose messages they are.").required().one_of(kPresets),
    Option::text("topic",
                 "Where they begin; without it, as the devices come: homeassistant, zigbee2mqtt, tele and stat, "
                 "shellies and every device's own, spBv1.0."),
    Option::text("name", "Put before the names of the series, with a dot."),
    Option::integer("qos", "Quality of service to subscribe with.").by_default("1").range(0, 2),
    Option::text("group", "Of sparkplug: the only group to listen to; without it, all."),
    Option::boolean("rebirth",
                    "Of sparkplug: ask an edge node for its birth when it is not known or a message is missing.")
        .by_default("true"),
    Option::duration("expire_after", "A series that gets no message for so long becomes bad; without it, never.")
        .range(1e9, 3.1536e16),
};

inline constexpr telltale_option kTlsTable[] = {
    Option::path("ca", "Certificates that sign the broker's, PEM; without it, the system's."),
    Option::path("cert", "Certificate of this client, PEM, for mutual TLS."),
    Option::path("key", "Its private key, PEM; without it, in the file of the certificate."),
    Option::text("key_password", "Password of the private key.").secret(),
    Option::boolean("verify", "Off: the broker may be anybody. For a trial only.").by_default("true"),
};

inline constexpr telltale_option kNoticeTable[] = {
    Option::text("topic", "Where to publish it.").required(),
    Option::text("payload", "What to publish.").required(),
    Option::integer("qos", "Quality of service.").by_default("1").range(0, 2),
    Option::boolean("retain", "The broker keeps it for later subscribers.").by_default("true"),
};

// Of the connection, of the sink too: take_connection() reads them.
inline constexpr Option kUrlOption =
    Option::text("url", "The broker: mqtt://HOST:PORT, mqtts:// with TLS, ws:// and wss:// over a WebSocket.")
        .by_default("mqtt://127.0.0.1:1883");
inline constexpr Option kVersionOption = Option::text("version", "MQTT version to speak; never another than this one.")
                                             .by_default("3.1.1")
                                             .one_of(kVersions);
inline constexpr Option kUsernameOption = Option::text("username", "User at the broker.");
inline constexpr Option kPasswordOption = Option::text("password", "Password at the broker.").secret();
inline constexpr Option kTlsOption = Option::section("tls", "Of an encrypted connection.", kTlsTable);
inline constexpr Option kKeepAliveOption =
    Option::duration("keep_alive", "Silence after which the connection is tried with a ping.")
        .by_default("30s")
        .range(1e9, 3.6e12);

inline constexpr telltale_option kOptionTable[] = {
    kUrlOption,
    kVersionOption,
    Option::text("client_id", "Name of this client, unique at the broker; without it, one is made up."),
    kUsernameOption,
    kPasswordOption,
    kTlsOption,
    kKeepAliveOption,
    Option::duration("silence",
                     "Time without any message after which the connection is made anew, though the broker answers "
                     "pings; without it, never.")
        .range(1e9, 8.64e13),
    Option::boolean("clean_session", "Off: the broker keeps messages while this device is away (needs client_id).")
        .by_default("true"),
    Option::duration("session_expiry", "How long it keeps them; MQTT 5 only, an MQTT 3.1.1 broker decides itself.")
        .by_default("7d")
        .range(1e9, 3.1536e16),
    Option::section("will", "What the broker publishes when it loses this client.", kNoticeTable),
    Option::section("birth", "What this client publishes once it is connected.", kNoticeTable),
    Option::integer("max_series", "Series that messages may create; more are refused and counted.")
        .by_default("2000")
        .range(1, 65536),
    Option::section("subscribe", "What to subscribe to.", kSubscribeTable).list(),
    Option::section("presets", "Devices whose topics and payloads are known.", kPresetTable).list(),
};

}  // namespace telltale::mqtt
