// The options table: what a user may write under `options:` of a webhook input.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>

namespace telltale::webhook {

inline constexpr std::array kTimeUnits{to_str("auto"), to_str("s"), to_str("ms"), to_str("us"), to_str("ns")};

inline constexpr telltale_option kLabelTable[] = {
    Option::text("name", "Name of the label.").required(),
    Option::text("value", "Where in an event its value stands: $.page.").required(),
};

inline constexpr telltale_option kWhereTable[] = {
    Option::text("at", "Where in an event to look: $.type.").required(),
    Option::text("is", "What stands there: one of these texts; numbers as they are written, true, false.")
        .list()
        .required(),
};

inline constexpr telltale_option kEventTable[] = {
    Option::text("name",
                 "Name of its series: NAME.count, NAME.per_minute; with a value also NAME, NAME.sum and "
                 "NAME.sum_per_minute.")
        .required(),
    Option::text("items", "Where a list of events stands, $.events; without it, the document is one event."),
    Option::section("where", "Only events like this; all of it must be so.", kWhereTable).list(),
    Option::text("value", "Where in an event its amount stands: $.data.amount. A text that is a number will do."),
    Option::number("scale", "Multiplies the amount: 0.01 for cents.").by_default("1"),
    Option::text("unit", "Unit of the amount, EUR."),
    Option::integer("decimals", "Digits of the amount to show after the point.").range(0, 9),
    Option::text("time", "Where in an event its time stands; without it, the time of arrival."),
    Option::text("time_unit", "What a numeric time counts; auto goes by its size.")
        .by_default("auto")
        .one_of(kTimeUnits),
    Option::section("labels", "Labels of its series.", kLabelTable).list(),
};

inline constexpr telltale_option kOptionTable[] = {
    Option::section("events", "What to make of a document.", kEventTable).list().required(),
    Option::duration("every", "How often the rates per minute are published.").by_default("5s").range(1e8, 6e10),
    Option::integer("max_series", "Different sets of labels; events with more are refused and counted.")
        .by_default("200")
        .range(1, 10000),
};

}  // namespace telltale::webhook
