// What comes over a Modbus line or connection, as strangers send it, and registers of every content: the first byte
// chooses the framing and the request, the rest arrives in pieces. What is accepted answers the request; nothing is
// read past the end.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "plugins/modbus/bus/rtu_exchanger.h"
#include "plugins/modbus/bus/tcp_exchanger.h"
#include "plugins/modbus/codec/value.h"
#include "plugins/modbus/probe/decodings.h"
#include "tests/unit/plugins/modbus/fake_link.h"

using namespace telltale::modbus;

namespace {

void decode_all(std::span<const std::uint8_t> data) {
  for (int type = 1; type <= static_cast<int>(ValueType::kString); ++type) {
    Layout layout;
    layout.type = static_cast<ValueType>(type);
    layout.length = static_cast<std::uint16_t>(data.size() / 2);
    if (data.size() < std::size_t{layout.count()} * 2 || layout.count() == 0) continue;
    const Value value = decode(layout, data.first(std::size_t{layout.count()} * 2));
    const auto* number = std::get_if<double>(&value);
    if (number != nullptr && !std::isfinite(*number)) std::abort();
  }
  std::vector<std::uint16_t> registers;
  for (std::size_t i = 0; i + 1 < data.size(); i += 2)
    registers.push_back(static_cast<std::uint16_t>(data[i] << 8U | data[i + 1]));
  if (registers.empty()) return;
  (void)side_by_side(0, registers);
  (void)yaml_points(Table::kHolding, 0, registers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint8_t choice = data[0];
  test::FakeLink link;
  (void)link.open();
  Timing timing;
  timing.timeout = std::chrono::milliseconds(100);
  timing.byte_timeout = std::chrono::milliseconds(20);
  link.on_send = [&](const test::Bytes& sent) {
    test::Bytes coming(data + 1, data + size);
    if ((choice & 1U) != 0 && coming.size() > 1) {  // the right transaction id
      coming[0] = sent[0];
      coming[1] = sent[1];
    }
    const std::size_t cut = 1 + (choice >> 4U) % coming.size();
    link.arrive({coming.begin(), coming.begin() + static_cast<std::ptrdiff_t>(cut)}, std::chrono::milliseconds(1));
    link.arrive({coming.begin() + static_cast<std::ptrdiff_t>(cut), coming.end()}, std::chrono::milliseconds(5));
  };
  const Range range{(choice & 2U) != 0 ? Table::kCoil : Table::kHolding, 100,
                    static_cast<std::uint16_t>(1 + (choice >> 2U & 3U))};
  const std::size_t wanted = is_bits(range.table) ? 1 : range.count * 2U;
  Answer answer;
  TcpExchanger tcp(link, timing, 0);
  RtuExchanger rtu(link, timing);
  for (int round = 0; round < 2; ++round) {
    answer = (choice & 1U) != 0 ? tcp.read(1, range, 125, timing.timeout) : rtu.read(1, range, 125, timing.timeout);
    if (answer.outcome == Outcome::kReply && answer.reply.size() != wanted) std::abort();
  }
  decode_all({data + 1, size - 1});
  return 0;
}
