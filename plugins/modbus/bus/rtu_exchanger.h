// Modbus RTU frames, on a serial line or through a TCP connection: MODBUS over serial line V1.02, 2.5.1.
//
// Frames end where their length says, not by silence alone: USB adapters and networks tear frames and glue them
// together. What comes is looked through for the one reply that was asked for; everything else is counted and dropped.
// See plan/reply_guard.h for how replies are kept apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "plugins/modbus/bus/exchange.h"
#include "plugins/modbus/link/timing.h"
#include "plugins/modbus/plan/reply_guard.h"

namespace telltale::modbus {

class RtuExchanger final : public Exchanger {
 public:
  // How long a line on which something unasked came is treated as one that doubles and delays.
  static constexpr Time kDistrust = std::chrono::minutes(10);

  RtuExchanger(Link& link, const Timing& timing) : link_(link), timing_(timing) {}

  [[nodiscard]] Answer exchange(std::uint8_t unit, const Pdu& request, Time timeout) override;
  [[nodiscard]] Answer read(std::uint8_t unit, const Range& range, std::uint16_t max_count, Time timeout) override;
  void opened() override { quiet_since_ = link_.now(); }

 private:
  static constexpr std::size_t kMaxFrame = 256;

  // Of one unit.
  struct Peer {
    ReplyGuard guard;
    std::set<std::pair<std::uint32_t, std::uint16_t>> refused_widths;  // (table and address, count)
  };

  [[nodiscard]] Answer once(std::uint8_t unit, Peer& peer, const Pdu& request, Time timeout);
  [[nodiscard]] Outcome fall_silent();
  [[nodiscard]] Outcome transmit(std::uint8_t unit, const Pdu& request, Answer& answer);
  [[nodiscard]] Outcome listen(std::uint8_t unit, Peer& peer, const Pdu& request, Time timeout, Answer& answer);
  [[nodiscard]] bool look_through(std::uint8_t unit, Peer& peer, const Pdu& request, Answer& answer);
  void distrust(Time now) { distrust_until_ = now + kDistrust; }
  // A range like `wanted`, or around it, whose reply cannot be another's; count 0: there is none.
  [[nodiscard]] Range unmistakable(const Peer& peer, const Range& wanted, std::uint16_t max_count, Time now) const;
  // Something to ask whose reply cannot be another's; count 0: there is none.
  [[nodiscard]] static Range barrier(const Peer& peer, const Range& wanted, std::uint16_t max_count, Time now);

  Link& link_;
  Timing timing_;
  std::array<Peer, 256> peers_;
  std::array<std::uint8_t, 1'024> buffer_{};
  std::size_t filled_ = 0;
  std::size_t looked_ = 0;  // of buffer_: frames up to here were others'
  Time quiet_since_{};
  Time distrust_until_{};
  std::uint8_t last_unit_ = 0;
};

}  // namespace telltale::modbus
