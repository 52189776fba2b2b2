// Where the bus is: tcp://HOST:PORT, rtu+tcp://HOST:PORT, or rtu:///dev/ttyUSB0?baud=9600&parity=even.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace telltale::modbus {

enum class Rs485 : std::uint8_t {
  kOff,     // the adapter sees to it
  kKernel,  // the driver switches the direction (TIOCSRS485)
  kRtsUp,   // RTS is raised to send
  kRtsDown,
};

struct SerialSettings {
  std::string port;
  int baud = 9'600;
  char parity = 'N';  // N, E or O
  int data_bits = 8;
  int stop_bits = 1;
  Rs485 rs485 = Rs485::kOff;

  [[nodiscard]] int bits_per_character() const { return 1 + data_bits + (parity == 'N' ? 0 : 1) + stop_bits; }
};

struct Address {
  enum class Kind : std::uint8_t { kTcp, kRtu, kRtuOverTcp };
  Kind kind = Kind::kTcp;
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 502;
  SerialSettings serial;

  // "10.0.0.5:502" or "/dev/ttyUSB0", as messages name it.
  [[nodiscard]] std::string where() const;
};

// Throws ConfigError with what is wrong and how to write it.
[[nodiscard]] Address parse_url(std::string_view url);

// "none", "even", "odd" and their first letters; throws ConfigError.
[[nodiscard]] char parse_parity(std::string_view word);
[[nodiscard]] Rs485 parse_rs485(std::string_view word);
// Throws ConfigError when the line cannot be set so.
void check(const SerialSettings& serial);

}  // namespace telltale::modbus
