// The options that every plugin has for its payloads: what they hold (`payload:`), and which series they make. A plugin
// puts the tables into its own:
//
//   inline constexpr auto kOptionTable = telltale::payload::join(
//       std::to_array<telltale_option>({Option::path("port", "…").required()}), telltale::payload::kPayloadOptions,
//       telltale::payload::kMappingOptions);
//
// `payload: csv` is short for `payload: {form: csv}`: see options.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <telltale/cpp/options.hpp>

namespace telltale::payload {

// One table after the other.
template <std::size_t... N>
[[nodiscard]] constexpr auto join(const std::array<telltale_option, N>&... tables) {
  std::array<telltale_option, (N + ...)> all{};
  std::size_t at = 0;
  ((std::copy(tables.begin(), tables.end(), all.begin() + at), at += N), ...);
  return all;
}

inline constexpr std::array kFormWords{to_str("auto"), to_str("json"), to_str("number"),   to_str("text"),
                                       to_str("csv"),  to_str("line"), to_str("keyvalue"), to_str("regex"),
                                       to_str("nmea"), to_str("hex"),  to_str("binary")};
inline constexpr std::array kNmeaNameWords{to_str("named"), to_str("numbered"), to_str("both")};
inline constexpr std::array kOrderWords{to_str("big"), to_str("little"), to_str("word_swap"), to_str("byte_swap")};
inline constexpr std::array kKindWords{to_str("auto"), to_str("gauge"), to_str("counter"), to_str("state"),
                                       to_str("event")};
inline constexpr std::array kTimeUnitWords{to_str("auto"), to_str("s"), to_str("ms"), to_str("us"), to_str("ns")};

inline constexpr telltale_option kLayoutTable[] = {
    Option::text("field", "Name of the field.").required(),
    Option::integer("at", "Its first byte, from 0; -1 is the last one.").range(-65536, 65536).by_default("0"),
    Option::text("type",
                 "uint8 to uint64 and int8 to int64 (steps of 8), float16, float32, float64, bcd1 to bcd8, text8.")
        .by_default("uint8"),
    Option::text("order", "Order of its bytes.").by_default("big").one_of(kOrderWords),
    Option::text("bits", "Only these bits, 4-7 or 3, counted from 0, the least significant."),
    Option::number("scale", "Multiplies the value.").by_default("1"),
    Option::number("offset", "Is added after the scale.").by_default("0"),
    Option::text("unit", "Unit of the value, °C."),
};

inline constexpr telltale_option kPayloadTable[] = {
    Option::text("form", "What a payload holds; auto goes by its looks: JSON, NMEA, a number, key=value.")
        .by_default("auto")
        .one_of(kFormWords),
    Option::text("regex",
                 "Regular expression; its named groups, (?<weight>[-\\d.]+), are the fields. Of several the first that "
                 "matches counts.")
        .list(),
    Option::boolean("every_match", "Of a regex: take every match, not only the first.").by_default("false"),
    Option::text("value", "Of JSON: where the value stands, $.a.b[0], /a/b/0 or $.*; without it, every number."),
    Option::boolean("numbers_in_text", "Of JSON: accept a text that is a number, \"21.5\".").by_default("false"),
    Option::text("separator", "Of CSV: a character, or comma, semicolon, tab, blanks.").by_default("comma"),
    Option::text("columns", "Of CSV: names of the columns; - is not wanted; without them 1, 2, ….").list(),
    Option::boolean("header", "Of CSV: a row without any number names the columns.").by_default("false"),
    Option::text("separators", "Of keyvalue: characters between the pairs; without it blanks , ; & and |."),
    Option::text("assign", "Of keyvalue: characters between key and value; without it = and :."),
    Option::boolean("decimal_comma", "Numbers may have a comma for the point, 21,5.").by_default("false"),
    Option::text("sentences", "Of NMEA: which to take, RMC, or GPRMC for one talker; without it, all.").list(),
    Option::boolean("checksum", "Of NMEA: refuse sentences without a checksum.").by_default("true"),
    Option::text("nmea_fields", "Of NMEA: how fields are called, RMC.latitude or RMC.3.")
        .by_default("named")
        .one_of(kNmeaNameWords),
    Option::boolean("nmea_time", "Of NMEA: the time of RMC and ZDA is the readings' time.").by_default("false"),
    Option::section("layout", "Of binary and hex: what stands where.", kLayoutTable).list(),
    Option::integer("size", "Of binary and hex: bytes that a message must have; 0: any that reach.")
        .range(0, 65536)
        .by_default("0"),
};

inline constexpr std::array<telltale_option, 1> kPayloadOptions{
    Option::section("payload", "What messages hold: a form's name, or a section that says more.", kPayloadTable)
        .by_default("{}"),
};

inline constexpr telltale_option kLabelTable[] = {
    Option::text("name", "Name of the label.").required(),
    Option::text("value", "Its value; {field} names stand for fields and variables.").required(),
};

// What may be said of one field, and of all.
inline constexpr std::array<telltale_option, 13> kFieldRuleOptions{
    Option::text("unit", "Unit of the value, °C."),
    Option::text("kind", "gauge, counter, state or event; auto: numbers are gauges, on and off states, texts events.")
        .by_default("auto")
        .one_of(kKindWords),
    Option::text("states", "Names of a state's values, from 0 up, or NUMBER=NAME.").list(),
    Option::text("title", "Name for people."),
    Option::integer("decimals", "Digits to show after the point.").range(0, 9),
    Option::number("scale", "Multiplies the value.").by_default("1"),
    Option::number("offset", "Is added after the scale.").by_default("0"),
    Option::text("calibration", "Points RAW=VALUE with straight lines between them; before scale and offset.").list(),
    Option::number("minimum", "A value below is bad."),
    Option::number("maximum", "A value above is bad."),
    Option::number("deadband", "A change that is not larger is not published; 0: every value is.")
        .range(0, 1e300)
        .by_default("0"),
    Option::duration("deadband_every", "A value within the deadband is published all the same so often.")
        .range(0, 8.64e13)
        .by_default("1m"),
    Option::boolean("publish", "Off: the field is for names, labels or time only.").by_default("true"),
};

inline constexpr auto kFieldTable =
    join(std::array<telltale_option, 2>{Option::text("field", "Name of the field; * stands for anything.").required(),
                                        Option::text("name", "Name of its series, as at the input.")},
         kFieldRuleOptions);

// Of a plugin that has words of its own for names and labels.
inline constexpr auto kFieldOptions = join(
    std::array<telltale_option, 7>{
        Option::section("fields", "What holds for single fields.", kFieldTable).list(),
        Option::boolean("others", "Publish fields that 'fields' does not name.").by_default("true"),
        Option::text("time",
                     "The field with the time of the values (of JSON: its place); without it, the time of "
                     "arrival."),
        Option::text("time_unit", "What a numeric time counts; auto goes by its size.")
            .by_default("auto")
            .one_of(kTimeUnitWords),
        Option::text("time_format", "Form of a time that is neither a number nor RFC 3339: %d.%m.%Y %H:%M:%S."),
        Option::text("time_offset",
                     "How far the device's clock is ahead of UTC, +01:00, where its times do not say it."),
        Option::duration("time_tolerance", "A time farther than this from now is not believed; 0: any is.")
            .range(0, 3.2e18)
            .by_default("0s"),
    },
    kFieldRuleOptions);

inline constexpr auto kMappingOptions = join(
    std::array<telltale_option, 2>{
        Option::text("name",
                     "Name of the series: {field}, {input}, or another field's name in braces; without it, "
                     "{input}.{field}."),
        Option::section("labels", "Labels of the series.", kLabelTable).list(),
    },
    kFieldOptions,
    std::array<telltale_option, 1>{
        Option::integer("max_series", "Series that messages may create; more are refused and counted.")
            .range(1, 65536)
            .by_default("2000"),
    });

}  // namespace telltale::payload
