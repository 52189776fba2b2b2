#include "plugins/modbus/link/address.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <telltale/cpp/host.hpp>

namespace telltale::modbus {
namespace {

constexpr std::string_view kForms = "write tcp://HOST:PORT, rtu+tcp://HOST:PORT or rtu:///dev/ttyUSB0?baud=9600";

ConfigError wrong(std::string_view url, std::string_view reason) {
  return ConfigError("url: '" + std::string(url) + "': " + std::string(reason));
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

void read_host(std::string_view url, std::string_view rest, Address& address) {
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@ ") != std::string_view::npos) throw wrong(url, "nothing can follow the port");
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) throw wrong(url, "the ']' of the IPv6 address is missing");
    address.host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
  } else {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    address.host = rest.substr(0, end);
    port = rest.substr(end);
  }
  if (address.host.empty() || address.host.size() > 253) throw wrong(url, "the host is missing or too long");
  if (port.empty()) return;
  if (!port.starts_with(':') || !read_number(port.substr(1), address.port) || address.port == 0) {
    throw wrong(url, "a port is a number from 1 to 65535");
  }
}

void read_line(std::string_view url, std::string_view rest, SerialSettings& serial) {
  const std::size_t mark = std::min(rest.find('?'), rest.size());
  serial.port = rest.substr(0, mark);
  if (!serial.port.starts_with('/')) throw wrong(url, "the device's path is missing: rtu:///dev/ttyUSB0");
  for (std::string_view left = rest.substr(std::min(mark + 1, rest.size())); !left.empty();) {
    const std::size_t end = std::min(left.find('&'), left.size());
    const std::string_view pair = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view key = pair.substr(0, equals);
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    bool is_good = true;
    if (key == "baud") {
      is_good = read_number(value, serial.baud);
    } else if (key == "parity") {
      serial.parity = parse_parity(value);
    } else if (key == "data_bits") {
      is_good = read_number(value, serial.data_bits);
    } else if (key == "stop_bits") {
      is_good = read_number(value, serial.stop_bits);
    } else if (key == "rs485") {
      serial.rs485 = parse_rs485(value);
    } else {
      throw wrong(url, "'" + std::string(key) + "' is none of baud, parity, data_bits, stop_bits, rs485");
    }
    if (!is_good) throw wrong(url, "'" + std::string(value) + "' is not a number");
  }
  check(serial);
}

}  // namespace

std::string Address::where() const {
  if (kind == Kind::kRtu) return serial.port;
  return (host.find(':') != std::string::npos ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

char parse_parity(std::string_view word) {
  if (word == "none" || word == "N" || word == "n") return 'N';
  if (word == "even" || word == "E" || word == "e") return 'E';
  if (word == "odd" || word == "O" || word == "o") return 'O';
  throw ConfigError("parity: '" + std::string(word) + "' is none of none, even, odd");
}

Rs485 parse_rs485(std::string_view word) {
  if (word == "off") return Rs485::kOff;
  if (word == "kernel") return Rs485::kKernel;
  if (word == "rts_up") return Rs485::kRtsUp;
  if (word == "rts_down") return Rs485::kRtsDown;
  throw ConfigError("rs485: '" + std::string(word) + "' is none of off, kernel, rts_up, rts_down");
}

void check(const SerialSettings& serial) {
  if (serial.baud < 110 || serial.baud > 4'000'000) throw ConfigError("baud: a line has 110 to 4000000 baud");
  if (serial.data_bits != 8 && serial.data_bits != 7) throw ConfigError("data_bits: 8 (or, rarely, 7)");
  if (serial.stop_bits != 1 && serial.stop_bits != 2) throw ConfigError("stop_bits: 1 or 2");
}

Address parse_url(std::string_view url) {
  Address address;
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) throw wrong(url, kForms);
  const std::string_view scheme = url.substr(0, colon);
  const std::string_view rest = url.substr(colon + 3);
  if (scheme == "rtu") {
    address.kind = Address::Kind::kRtu;
    read_line(url, rest, address.serial);
  } else if (scheme == "tcp" || scheme == "modbus" || scheme == "modbus+tcp" || scheme == "rtu+tcp") {
    address.kind = scheme == "rtu+tcp" ? Address::Kind::kRtuOverTcp : Address::Kind::kTcp;
    read_host(url, rest, address);
  } else {
    throw wrong(url, kForms);
  }
  return address;
}

}  // namespace telltale::modbus
