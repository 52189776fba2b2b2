// The words of a probe: lists of units, speeds and parities, and what is pasted. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/modbus/codec/pdu.h"
#include "plugins/modbus/link/address.h"

namespace telltale::modbus {

// "1,5,10-20" in the order that is given, each once. Throws ConfigError.
[[nodiscard]] std::vector<unsigned> parse_units(std::string_view text);
[[nodiscard]] std::vector<int> parse_bauds(std::string_view text);
[[nodiscard]] std::vector<char> parse_parities(std::string_view text);
[[nodiscard]] Table parse_table(std::string_view word);
[[nodiscard]] std::string_view parity_word(char parity);

// The URL with what was found: rtu:///dev/ttyUSB0?baud=19200&parity=even.
[[nodiscard]] std::string url_with(std::string_view url, const Address& address, int baud, char parity);

[[nodiscard]] std::string bits_text(std::uint16_t first, std::span<const std::uint16_t> bits);
[[nodiscard]] std::string yaml_bits(Table table, std::uint16_t first, std::size_t count);

}  // namespace telltale::modbus
