// The options of the simulator, and what they say.
#pragma once

#include <telltale/cpp/options.hpp>

namespace telltale::simulator {

inline constexpr telltale_str kShapeNames[] = {
    to_str("sine"),     to_str("ramp"),    to_str("square"),   to_str("steps"), to_str("noise"), to_str("walk"),
    to_str("constant"), to_str("counter"), to_str("sequence"), to_str("state"), to_str("event")};

inline constexpr telltale_option kGapOptions[] = {
    Option::duration("every", "Time from the end of one gap to the end of the next.").range(1e6, 8.64e13),
    Option::duration("for", "How long nothing is published; shorter than every.").range(1e6, 8.64e13),
};

inline constexpr telltale_option kWaveOptions[] = {
    Option::text("name", "Name of the series, such as oven.temperature.").required(),
    Option::text(
        "shape",
        "What it does: sine, ramp and square repeat each period; steps takes a random level each period; noise "
        "is random; walk wanders; constant stays; counter grows; sequence grows by exactly 1 a reading; state "
        "goes through its states; event publishes its texts.")
        .one_of(kShapeNames)
        .by_default("sine"),
    Option::text("unit", "Unit of the values, such as °C."),
    Option::text("title", "Name for people."),
    Option::number("offset", "Middle of the values; start of a counter or sequence. In the series' unit.")
        .by_default("0")
        .range(-1e12, 1e12),
    Option::number("amplitude",
                   "How far the values go from offset; growth of a counter per period. In the series' unit.")
        .by_default("1")
        .range(0, 1e12),
    Option::duration("period", "Time of one repetition; mean time in a state or between events.")
        .by_default("1m")
        .range(1e6, 3.2e16),
    Option::number("noise", "Standard deviation of what is added at random to each value. In the series' unit.")
        .by_default("0")
        .range(0, 1e12),
    Option::integer("decimals", "Decimals that values are rounded to and shown with; without it, not rounded.")
        .range(0, 9),
    Option::duration("every", "Time between readings of this series; without it, the input's every.")
        .range(1e3, 8.64e13),
    Option::text("states", "Names of the values of a state, from 0 upwards.").list(),
    Option::text("texts", "Texts of an event, in turn.").list(),
};

inline constexpr telltale_option kOptionTable[] = {
    Option::duration("every", "Time between readings of each series.").by_default("1s").range(1e3, 8.64e13),
    Option::number("rate", "Readings of all series but events together per second; when given, every is not used.")
        .in_unit("1/s")
        .range(1e-3, 1e7),
    Option::integer("count", "Copies of each series, told apart by their label n.").by_default("1").range(1, 65536),
    Option::integer("seed", "The same seed gives the same values.").by_default("1").range(0, 9e15),
    Option::number("faults", "Share of readings that are bad, 0 to 1.").by_default("0").range(0, 1),
    Option::section("gaps", "Times in which nothing is published.", kGapOptions),
    Option::section("waves", "The series; without any, a small plant is shown.", kWaveOptions).list(),
};

}  // namespace telltale::simulator
