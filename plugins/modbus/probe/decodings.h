// What registers could mean: each plausible decoding beside the others. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plugins/modbus/codec/pdu.h"

namespace telltale::modbus {

struct Decoding {
  std::string type;    // "float32"
  std::string order;   // "word_swap"; empty: big
  std::string shown;   // "230.5"
  int likelihood = 0;  // percent: how much it looks like a value that somebody measures
};

// Of the value that begins at `registers[0]`, the likeliest first. 1 to 4 registers are looked at.
[[nodiscard]] std::vector<Decoding> decodings_of(std::span<const std::uint16_t> registers);

// A table for people: a line for each register, with what begins there.
[[nodiscard]] std::string side_by_side(std::uint16_t first, std::span<const std::uint16_t> registers);

// Points to paste: for each register that is not 0, or pair of them, the likeliest decoding.
[[nodiscard]] std::string yaml_points(Table table, std::uint16_t first, std::span<const std::uint16_t> registers);

}  // namespace telltale::modbus
