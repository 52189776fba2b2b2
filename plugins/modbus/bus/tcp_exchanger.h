// Modbus TCP: MODBUS messaging on TCP/IP V1.0b, 3.1. Every request has a transaction id of its own, so that a late or
// doubled reply is known; a stream that lost its frames is given up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "plugins/modbus/bus/exchange.h"
#include "plugins/modbus/link/timing.h"

namespace telltale::modbus {

class TcpExchanger final : public Exchanger {
 public:
  // `first_id`: any number; not the same at each start, so that a gateway's leftovers are not taken for ours.
  TcpExchanger(Link& link, const Timing& timing, std::uint16_t first_id)
      : link_(link), timing_(timing), id_(first_id) {}

  [[nodiscard]] Answer exchange(std::uint8_t unit, const Pdu& request, Time timeout) override;
  [[nodiscard]] Answer read(std::uint8_t unit, const Range& range, std::uint16_t max_count, Time timeout) override;
  void opened() override;

 private:
  enum class Frame : std::uint8_t { kNone, kOurs, kOther, kLost };

  [[nodiscard]] Frame next_frame(std::uint8_t unit, const Pdu& request, Answer& answer);
  [[nodiscard]] bool begins_a_frame(std::span<const std::uint8_t> bytes) const;
  void drop(std::size_t bytes);

  Link& link_;
  Timing timing_;
  std::uint16_t id_;
  std::uint32_t asked_ = 0;                  // over this connection
  std::array<std::uint8_t, 1024> buffer_{};  // what came and is not used up
  std::size_t filled_ = 0;
  std::array<std::uint8_t, kMaxPdu> reply_{};
};

}  // namespace telltale::modbus
