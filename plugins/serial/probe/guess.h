// What bytes of an unknown line look like. Pure.
#pragma once

#include <string>
#include <string_view>

namespace telltale::serial {

struct Guess {
  unsigned confidence = 0;  // percent
  std::string payload;      // "nmea", "json", "number", "keyvalue", "csv", "text"; empty: it does not look like lines
  std::string end;          // "\\r\\n": what ends a line, as a person writes it
  std::string sample;       // a whole line, escaped and cut
};

// `bytes`: what came, from anywhere in a message on.
[[nodiscard]] Guess guess(std::string_view bytes);

}  // namespace telltale::serial
