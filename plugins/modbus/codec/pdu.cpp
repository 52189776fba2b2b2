#include "plugins/modbus/codec/pdu.h"

#include <algorithm>

namespace telltale::modbus {
namespace {

constexpr std::uint8_t kReadCoils = 1;
constexpr std::uint8_t kReadDiscretes = 2;
constexpr std::uint8_t kReadHolding = 3;
constexpr std::uint8_t kReadInput = 4;
constexpr std::uint8_t kWriteCoil = 5;
constexpr std::uint8_t kWriteRegister = 6;
constexpr std::uint8_t kWriteCoils = 15;
constexpr std::uint8_t kWriteRegisters = 16;
constexpr std::uint8_t kExceptionBit = 0x80;
constexpr std::size_t kEcho = 5;  // function, address, value or count

std::uint8_t function_of(Table table) {
  constexpr std::array kFunctions{kReadCoils, kReadDiscretes, kReadInput, kReadHolding};
  return kFunctions[static_cast<std::size_t>(table)];
}

bool is_read(std::uint8_t function) { return function >= kReadCoils && function <= kReadInput; }
bool is_write(std::uint8_t function) {
  return function == kWriteCoil || function == kWriteRegister || function == kWriteCoils || function == kWriteRegisters;
}

std::size_t data_bytes(std::span<const std::uint8_t> request) {
  const std::size_t count = static_cast<std::size_t>(request[3]) << 8U | request[4];
  return request[0] <= kReadDiscretes ? (count + 7) / 8 : count * 2;
}

Look read_look(std::uint8_t function, std::size_t bytes) { return static_cast<Look>(function) << 32U | bytes; }

Look echo_look(std::span<const std::uint8_t> echo) {
  Look look = 0;
  for (std::size_t i = 0; i < kEcho; ++i) look = look << 8U | echo[i];
  return look;
}

}  // namespace

std::string_view to_word(Table table) noexcept {
  constexpr std::array<std::string_view, 4> kWords{"coil", "discrete", "input", "holding"};
  return kWords[static_cast<std::size_t>(table)];
}

std::string exception_text(std::uint8_t code) {
  switch (code) {
    case kIllegalFunction:
      return "illegal function";
    case kIllegalAddress:
      return "illegal data address";
    case kIllegalValue:
      return "illegal data value";
    case 4:
      return "server device failure";
    case 5:
      return "acknowledge";
    case 6:
      return "server device busy";
    case 7:
      return "negative acknowledge";
    case 8:
      return "memory parity error";
    case kGatewayNoPath:
      return "gateway path unavailable";
    case kGatewayNoAnswer:
      return "gateway target device failed to respond";
    default:
      return "exception " + std::to_string(code);
  }
}

Pdu Pdu::read(const Range& range) {
  Pdu pdu;
  pdu.put(function_of(range.table));
  pdu.put16(range.address);
  pdu.put16(range.count);
  return pdu;
}

Pdu Pdu::write_coil(std::uint16_t address, bool on) {
  Pdu pdu;
  pdu.put(kWriteCoil);
  pdu.put16(address);
  pdu.put16(on ? 0xff00 : 0);
  return pdu;
}

Pdu Pdu::write_register(std::uint16_t address, std::uint16_t value) {
  Pdu pdu;
  pdu.put(kWriteRegister);
  pdu.put16(address);
  pdu.put16(value);
  return pdu;
}

Pdu Pdu::write_coils(std::uint16_t address, std::span<const bool> on) {
  Pdu pdu;
  pdu.put(kWriteCoils);
  pdu.put16(address);
  pdu.put16(static_cast<std::uint16_t>(on.size()));
  pdu.put(static_cast<std::uint8_t>((on.size() + 7) / 8));
  for (std::size_t i = 0; i < on.size(); i += 8) {
    std::uint8_t byte = 0;
    for (std::size_t bit = 0; bit < 8 && i + bit < on.size(); ++bit) {
      if (on[i + bit]) byte = static_cast<std::uint8_t>(byte | 1U << bit);
    }
    pdu.put(byte);
  }
  return pdu;
}

Pdu Pdu::write_registers(std::uint16_t address, std::span<const std::uint16_t> values) {
  Pdu pdu;
  pdu.put(kWriteRegisters);
  pdu.put16(address);
  pdu.put16(static_cast<std::uint16_t>(values.size()));
  pdu.put(static_cast<std::uint8_t>(values.size() * 2));
  for (const std::uint16_t value : values) pdu.put16(value);
  return pdu;
}

Look look_of_reply_to(std::span<const std::uint8_t> request) noexcept {
  return is_read(request[0]) ? read_look(request[0], data_bytes(request)) : echo_look(request);
}

std::size_t reply_size(std::span<const std::uint8_t> request) noexcept {
  return is_read(request[0]) ? 2 + data_bytes(request) : kEcho;
}

std::size_t size_of_reply(std::span<const std::uint8_t> head) noexcept {
  const std::uint8_t function = head[0];
  if ((function & kExceptionBit) != 0) return 2;
  if (is_read(function)) return 2U + head[1];
  return is_write(function) ? kEcho : 0;
}

Look look_of_reply(std::span<const std::uint8_t> reply) noexcept {
  return is_read(reply[0]) ? read_look(reply[0], reply[1]) : echo_look(reply);
}

bool is_reply_to(std::span<const std::uint8_t> request, std::span<const std::uint8_t> reply) noexcept {
  if (reply.size() != reply_size(request) || reply[0] != request[0]) return false;
  if (is_read(request[0])) return reply[1] == data_bytes(request);
  return std::equal(reply.begin(), reply.end(), request.begin());
}

bool is_exception_to(std::span<const std::uint8_t> request, std::span<const std::uint8_t> reply) noexcept {
  return reply.size() == 2 && reply[0] == (request[0] | kExceptionBit) && reply[1] != 0;
}

}  // namespace telltale::modbus
