// A payload that is one number or one word: " 21.5 °C\n", "off".
#pragma once

#include <cstdint>
#include <string_view>

namespace telltale::payload {

struct NumberOptions {
  bool units = true;   // accept a unit after the number: at most 16 bytes, no digit first
  bool states = true;  // accept on, off, true, false, yes, no, open, closed (any case)
};

// The whole payload. Views are of the payload.
struct NumberPayload {
  double value = 0;
  bool is_state = false;  // value is 0 or 1
  std::string_view word;  // of a state, as it came
  std::string_view unit;  // as it came, or empty
};

// kNotANumber for anything else, including "inf", "0x1F", "1,5" and "12:30". [any]
enum class NumberFault : std::uint8_t { kNone, kEmpty, kNotANumber, kOutOfRange };
[[nodiscard]] NumberFault parse_number_payload(std::string_view payload, const NumberOptions& options,
                                               NumberPayload& result) noexcept;

// "empty", "not_a_number", "out_of_range": the last part of a counter's name. [any]
[[nodiscard]] std::string_view to_word(NumberFault fault) noexcept;

}  // namespace telltale::payload
