// The options table: what a user may write under `options:` of a modbus input.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>

namespace telltale::modbus {

inline constexpr std::string_view kDefaultUrl = "tcp://127.0.0.1:502";
inline constexpr std::array kParities{to_str("none"), to_str("even"), to_str("odd")};
inline constexpr std::array kRs485Modes{to_str("off"), to_str("kernel"), to_str("rts_up"), to_str("rts_down")};
inline constexpr std::array kPriorities{to_str("high"), to_str("normal"), to_str("low")};
inline constexpr std::array kKinds{to_str("auto"), to_str("gauge"), to_str("counter"), to_str("state"),
                                   to_str("event")};
inline constexpr std::array kTypeWords{
    to_str("auto"),       to_str("bit"),       to_str("bool"),   to_str("int8_high"), to_str("int8_low"),
    to_str("uint8_high"), to_str("uint8_low"), to_str("int16"),  to_str("uint16"),    to_str("int32"),
    to_str("uint32"),     to_str("int64"),     to_str("uint64"), to_str("float16"),   to_str("float32"),
    to_str("float64"),    to_str("float"),     to_str("double"), to_str("bcd16"),     to_str("bcd32"),
    to_str("bcd64"),      to_str("string")};

inline constexpr telltale_option kPointTable[] = {
    Option::text("name", "Name of the series, after the device's name if that has one.").required(),
    Option::integer("holding", "Address of the holding register (function 3).").range(0, 65536),
    Option::integer("input", "Address of the input register (function 4).").range(0, 65536),
    Option::integer("coil", "Address of the coil (function 1).").range(0, 65536),
    Option::integer("discrete", "Address of the discrete input (function 2).").range(0, 65536),
    Option::text("type", "What the registers hold; auto: uint16, or bit for coils and discrete inputs.")
        .by_default("auto")
        .one_of(kTypeWords),
    Option::text("order",
                 "Order of the bytes: big (ABCD), little (DCBA), word_swap (CDAB), byte_swap (BADC), or the letters "
                 "themselves, one for each byte; without it, the device's."),
    Option::integer("bit", "Only this bit of the value, counted from 0, the least significant.").range(0, 63),
    Option::text("bits", "Only these bits of the value, 4-7."),
    Option::integer("length", "Registers of a string.").range(1, 125).by_default("1"),
    Option::number("scale", "Multiplies the raw value.").by_default("1"),
    Option::number("offset", "Is added after the scale.").by_default("0"),
    Option::integer("exponent", "Address, in the same table, of a signed register with a power of ten that multiplies.")
        .range(0, 65536),
    Option::text("nan", "Raw values that stand for no value, 0x8000; auto: the usual ones of SunSpec.").list(),
    Option::number("minimum", "A value below is no value; nothing below is written."),
    Option::number("maximum", "A value above is no value; nothing above is written."),
    Option::text("unit", "Unit of the value, °C."),
    Option::text("title", "Name for people."),
    Option::text("kind", "gauge, counter, state or event; auto: bits and strings are states, all else gauges.")
        .by_default("auto")
        .one_of(kKinds),
    Option::text("states", "Names of a state's values, from 0 up, or NUMBER=NAME.").list(),
    Option::integer("decimals", "Digits to show after the point.").range(0, 9),
    Option::duration("every", "Time between readings; without it, the device's.").range(1e6, 8.64e13),
    Option::text("priority", "Which goes first when the bus is short of time.")
        .by_default("normal")
        .one_of(kPriorities),
    Option::boolean("write", "This output may be set.").by_default("false"),
    Option::boolean("write_multiple", "Set it with function 15 or 16 also where 5 or 6 would do.").by_default("false"),
};

inline constexpr telltale_option kLabelTable[] = {
    Option::text("name", "Name of the label.").required(),
    Option::text("value", "Value of the label.").required(),
};

inline constexpr telltale_option kDeviceTable[] = {
    Option::integer("unit", "Unit id (slave address).").range(0, 255).by_default("1"),
    Option::text("name", "Goes, with a dot, before the names of its series."),
    Option::text("profile", "A known device, eastron/sdm120, or the path of a profile file below 'profiles'."),
    Option::text("only", "Of the profile, only the points with these names; * stands for anything.").list(),
    Option::duration("every", "Time between readings; without it, the input's.").range(1e6, 8.64e13),
    Option::text("order", "Order of the bytes of its values; without it, the profile's, or big."),
    Option::integer("first_address", "1 when its documents count registers from 1.").range(0, 1).by_default("0"),
    Option::duration("timeout", "Time to wait for a reply; without it, the input's.").range(1e6, 6e10),
    Option::integer("max_registers", "Registers that it gives at once.").range(1, 125),
    Option::integer("max_bits", "Coils or discrete inputs that it gives at once.").range(1, 2000),
    Option::integer("max_gap", "Registers that may be read for nothing between two that are wanted.").range(0, 124),
    Option::section("labels", "Labels of its series.", kLabelTable).list(),
    Option::section("points", "What to read.", kPointTable).list(),
};

inline constexpr telltale_option kSerialTable[] = {
    Option::path("port", "The serial port, /dev/serial/by-id/usb-….").required(),
    Option::integer("baud", "Speed of the line.").range(110, 4e6).by_default("9600"),
    Option::text("parity", "Parity of the line.").by_default("none").one_of(kParities),
    Option::integer("data_bits", "Data bits of a character.").range(7, 8).by_default("8"),
    Option::integer("stop_bits", "Stop bits of a character.").range(1, 2).by_default("1"),
    Option::text("rs485", "Who switches the direction: off (the adapter), kernel (its driver), rts_up, rts_down.")
        .by_default("off")
        .one_of(kRs485Modes),
};

inline constexpr telltale_option kOptionTable[] = {
    Option::text("url", "The bus: tcp://HOST:PORT, rtu+tcp://HOST:PORT or rtu:///dev/ttyUSB0?baud=9600&parity=even.")
        .by_default(kDefaultUrl),
    Option::section("serial", "The serial line, in place of 'url'.", kSerialTable),
    Option::duration("every", "Time between readings.").by_default("1s").range(1e6, 8.64e13),
    Option::duration("timeout", "Time to wait for a reply.").by_default("1s").range(1e6, 6e10),
    Option::duration("byte_timeout", "Silence within a reply that ends it.").by_default("100ms").range(1e6, 1e10),
    Option::duration("frame_delay", "Silence between two frames; without it, 3.5 characters of a serial line.")
        .range(0, 1e9),
    Option::duration("request_delay", "Further pause before each request.").by_default("0s").range(0, 1e10),
    Option::duration("turnaround", "Further pause before a request to another unit.").by_default("0s").range(0, 1e10),
    Option::duration("connect_delay", "Pause after connecting.").by_default("0s").range(0, 6e10),
    Option::integer("max_registers", "Registers of one request.").range(1, 125).by_default("125"),
    Option::integer("max_bits", "Coils or discrete inputs of one request.").range(1, 2000).by_default("2000"),
    Option::integer("max_gap", "Registers that may be read for nothing between two that are wanted.")
        .range(0, 124)
        .by_default("8"),
    Option::duration("statistics", "Publish readings about the bus itself so often; 0: never.")
        .by_default("1m")
        .range(0, 8.64e13),
    Option::path("profiles", "A folder with profiles of your own."),
    Option::section("devices", "The units on the bus.", kDeviceTable).list().required(),
};

}  // namespace telltale::modbus
