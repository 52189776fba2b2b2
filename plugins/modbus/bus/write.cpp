// Setting outputs: functions 5, 6, 15 and 16, each read back.
#include <algorithm>
#include <cmath>

#include "plugins/modbus/bus/bus.h"

namespace telltale::modbus {
namespace {

constexpr int kTries = 2;

std::string value_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

Pdu request_for(const Point& point, const std::vector<std::uint16_t>& registers) {
  if (point.table == Table::kCoil) {
    const bool on = registers[0] != 0;
    return point.writes_many ? Pdu::write_coils(point.address, std::span(&on, 1)) : Pdu::write_coil(point.address, on);
  }
  const bool is_single = registers.size() == 1 && !point.writes_many;
  return is_single ? Pdu::write_register(point.address, registers[0]) : Pdu::write_registers(point.address, registers);
}

// What is to stand in the registers; of a coil 0 or 1.
std::optional<std::vector<std::uint16_t>> registers_for(const Point& point, double value) {
  if (point.range && (value < point.range->first || value > point.range->second)) return std::nullopt;
  if (point.table == Table::kCoil) {
    if (value != 0 && value != 1) return std::nullopt;
    return std::vector<std::uint16_t>{static_cast<std::uint16_t>(value)};
  }
  double raw = point.linear.invert(value);
  // 21.3 at a scale of 0.1 is 213, whatever the last bit of the division says.
  if (point.layout.type < ValueType::kFloat16 &&
      std::abs(raw - std::nearbyint(raw)) < 1e-6 * std::max(1.0, std::abs(raw))) {
    raw = std::nearbyint(raw);
  }
  return encode(point.layout, raw);
}

}  // namespace

// False when the input is being stopped.
bool Bus::perform(const Command& command) {
  for (const auto& unit : units_) {
    const Point* const point = unit->find_output(command.name);
    if (point == nullptr) continue;
    const WriteResult done = write(*unit, *point, command.value, command.deadline);
    counters_.count(done.result == TELLTALE_OK ? "writes" : "writes.failed");
    writes_.done(done);
    return done.result != TELLTALE_E_STOPPED;
  }
  writes_.done({TELLTALE_E_INVALID, "'" + command.name + "' is no output: give its point 'write: true'"});
  return true;
}

WriteResult Bus::write(Unit& unit, const Point& point, double value, Time deadline) {
  const std::string name = Publisher::full_name(unit.settings(), point);
  const auto registers = registers_for(point, value);
  if (!registers) {
    return {TELLTALE_E_INVALID, name + " cannot be set to " + value_text(value) + ": it does not fit"};
  }
  if (!link_.is_open() && (!open() || !link_.is_open())) {
    return {TELLTALE_E_IO, name + " was not set: " + link_.where() + " is not open"};
  }
  const Pdu request = request_for(point, *registers);
  std::string reason = "its time was over";
  for (int attempt = 0; attempt < kTries && link_.now() < deadline && link_.is_open(); ++attempt) {
    const Time timeout = std::min(unit.settings().timeout, deadline - link_.now());
    const Answer answer = exchanger_.exchange(unit.settings().unit, request, timeout);
    count_strays(unit);
    statistics_.busy(answer.received - answer.sent);
    if (answer.outcome == Outcome::kStopped) return {TELLTALE_E_STOPPED, {}};
    if (answer.outcome == Outcome::kException) {
      reason = unit.word() + " refuses it: " + exception_text(answer.exception);
      break;
    }
    if (answer.outcome == Outcome::kBroken) lose_link(answer.detail);
    if (answer.outcome == Outcome::kTimeout) reason = unit.word() + " does not answer";
    if (answer.outcome == Outcome::kGarbled) reason = unit.word() + ": " + answer.detail;
    if (answer.outcome != Outcome::kReply) continue;
    reason = read_back(unit, point, *registers);
    if (!reason.empty()) break;
    host_.info(name + " was set to " + value_text(value));
    return {};
  }
  return {TELLTALE_E_IO, name + " was not set to " + value_text(value) + ": " + reason};
}

// Why what stands there is not what was written; empty when it is.
std::string Bus::read_back(Unit& unit, const Point& point, const std::vector<std::uint16_t>& wanted) {
  const Range range{point.table, point.address, point.count()};
  Answer answer;
  for (int attempt = 0; attempt < kTries && link_.is_open(); ++attempt) {
    answer = exchanger_.read(unit.settings().unit, range, unit.max_count(point.table), unit.settings().timeout);
    count_strays(unit);
    if (answer.outcome == Outcome::kResting) {
      if (link_.sleep(answer.until) == Io::kStopped) break;
      continue;
    }
    if (answer.outcome == Outcome::kReply) break;
  }
  if (answer.outcome != Outcome::kReply) return unit.word() + " took it, but could not be read back";
  bool is_same = true;
  if (point.table == Table::kCoil) {
    is_same = (answer.reply[0] & 1U) == wanted[0];
  } else {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      is_same = is_same && (answer.reply[i * 2] << 8U | answer.reply[i * 2 + 1]) == wanted[i];
    }
  }
  return is_same ? "" : unit.word() + " took it, but something else stands there";
}

}  // namespace telltale::modbus
