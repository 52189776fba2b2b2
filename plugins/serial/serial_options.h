// The options table: what a user may write under `options:` of a serial input.
#pragma once

#include <array>

#include <telltale/cpp/options.hpp>
#include <telltale/payload/payload_options.hpp>

namespace telltale::serial {

inline constexpr std::array kParities{to_str("none"), to_str("even"), to_str("odd"), to_str("mark"), to_str("space")};
inline constexpr std::array kFlows{to_str("none"), to_str("rtscts"), to_str("xonxoff"), to_str("dtrdsr")};
inline constexpr std::array kSwitches{to_str("off"), to_str("on")};
inline constexpr std::array kFrameWords{to_str("line"), to_str("delimiter"), to_str("fixed"), to_str("length"),
                                        to_str("silence")};
inline constexpr std::array kChecksums{
    to_str("none"),         to_str("nmea"),      to_str("xor"),        to_str("sum8"),         to_str("sum16"),
    to_str("twos"),         to_str("crc8"),      to_str("crc8_maxim"), to_str("crc16_modbus"), to_str("crc16_ccitt"),
    to_str("crc16_xmodem"), to_str("crc16_x25"), to_str("crc32")};
inline constexpr std::array kChecksumForms{to_str("big"), to_str("little"), to_str("hex")};
inline constexpr std::array kEnds{to_str("big"), to_str("little")};

inline constexpr telltale_option kUsbTable[] = {
    Option::text("vendor", "Its vendor, four hexadecimal digits, 0403."),
    Option::text("product", "Its product, four hexadecimal digits, 6001."),
    Option::text("serial", "Its serial number."),
    Option::text("interface", "Which of its ports, 00, 01."),
};

inline constexpr telltale_option kRs485Table[] = {
    Option::text("mode", "on: the port's driver switches the direction; off: the adapter does by itself.")
        .by_default("on")
        .one_of(kSwitches),
    Option::boolean("rts_on_send", "RTS is up while it sends.").by_default("true"),
    Option::duration("before", "Pause between switching and sending.").range(0, 1e9).by_default("0s"),
    Option::duration("after", "Pause between sending and switching back.").range(0, 1e9).by_default("0s"),
    Option::boolean("hears_itself", "What is sent comes back as received.").by_default("false"),
    Option::boolean("terminate", "Switch the port's terminating resistor on.").by_default("false"),
};

inline constexpr telltale_option kFrameTable[] = {
    Option::text(
        "kind",
        "What ends a message: line (CR, LF or both), delimiter ('end'), fixed ('size'), length (a number in it), "
        "silence ('gap').")
        .by_default("line")
        .one_of(kFrameWords),
    Option::text("start", "Bytes that a message begins with, STX or \\x02."),
    Option::text("end", "Of delimiter: bytes that end it, ETX, \\r, CRLF."),
    Option::integer("size", "Of fixed: bytes of a message.").range(1, 65536),
    Option::duration("gap", "A silence within a message that ends it; 0: none does.").range(0, 6e10).by_default("0s"),
    Option::integer("max_size", "Longer messages are dropped.").range(1, 65536).by_default("4096"),
    Option::integer("length_at", "Of length: the number's first byte, from 0.").range(0, 1024).by_default("0"),
    Option::integer("length_size", "Of length: bytes of the number.").range(1, 4).by_default("1"),
    Option::text("length_order", "Of length: order of its bytes.").by_default("big").one_of(kEnds),
    Option::integer("length_adds", "Of length: bytes of a whole message beyond what the number counts.")
        .range(-65536, 65536)
        .by_default("0"),
    Option::text("checksum", "The checksum at the end of a message; nmea: $…*hh.")
        .by_default("none")
        .one_of(kChecksums),
    Option::text("checksum_form", "How it stands there: most or least significant byte first, or as digits.")
        .by_default("big")
        .one_of(kChecksumForms),
    Option::integer("checksum_from", "Bytes at the beginning that it leaves out.").range(0, 1024).by_default("0"),
    Option::text("escape", "Of delimiter: the byte after this one is content, DLE or \\x7d."),
    Option::integer("escape_xor", "Of delimiter: what an escaped byte is xor-ed with, 32 (0x20).")
        .range(0, 255)
        .by_default("0"),
    Option::text("escape_map", "Of delimiter: what an escaped byte stands for, \"\\xdc=\\xc0\".").list(),
};

inline constexpr telltale_option kPollTable[] = {
    Option::text("send", "What to send, \"Q\\r\\n\", \\x05, <STX>RD<CR>.").required(),
    Option::text("name", "Of the device that answers: {poll} in names; without {poll} it goes before the field."),
    Option::duration("every", "Time between two.").range(1e6, 8.64e13).by_default("1s"),
    Option::duration("timeout", "Time to wait for the answer.").range(1e6, 6e10).by_default("500ms"),
    Option::section("payload", "What its answer holds, where it is not what 'payload' of the input says.",
                    payload::kPayloadTable),
};

inline constexpr auto kOptionTable = payload::join(
    std::array<telltale_option, 17>{
        Option::path("port", "The serial port, /dev/serial/by-id/usb-… or /dev/ttyUSB0."),
        Option::section("usb", "The USB adapter, in place of 'port': all that is given must fit.", kUsbTable),
        Option::integer("baud", "Speed of the line.").range(50, 4e6).by_default("9600"),
        Option::integer("bits", "Data bits of a character.").range(5, 8).by_default("8"),
        Option::text("parity", "Parity of the line.").by_default("none").one_of(kParities),
        Option::integer("stop_bits", "Stop bits of a character.").range(1, 2).by_default("1"),
        Option::text("flow", "Flow control.").by_default("none").one_of(kFlows),
        Option::section("rs485", "Direction of an RS-485 line: on, off, or a section that says more.", kRs485Table),
        Option::boolean("dtr", "DTR after opening; without it, as the system sets it."),
        Option::boolean("rts", "RTS after opening; without it, as the system sets it."),
        Option::section("frame", "What a message is: a kind's name, or a section that says more.", kFrameTable)
            .by_default("{}"),
        Option::text("init", "What to send after opening, one after the other, \"\\x1bP\\r\".").list(),
        Option::duration("init_delay", "Pause after opening and after each 'init'.").range(0, 6e10).by_default("100ms"),
        Option::section("poll", "What to ask the devices on the line; without it, they send by themselves.", kPollTable)
            .list(),
        Option::duration("poll_delay", "Pause between an answer and the next question.")
            .range(0, 6e10)
            .by_default("0s"),
        Option::duration(
            "silence", "Without a good message for so long, the values are bad and the port is opened anew; 0: never.")
            .range(0, 8.64e13)
            .by_default("5m"),
        Option::integer("misses", "Questions without an answer after which a device's values are bad.")
            .range(1, 1000)
            .by_default("3"),
    },
    payload::kPayloadOptions, payload::kMappingOptions);

}  // namespace telltale::serial
