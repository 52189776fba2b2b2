// One request and its reply over a link: what both framings answer.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "plugins/modbus/codec/pdu.h"
#include "plugins/modbus/link/link.h"

namespace telltale::modbus {

enum class Outcome : std::uint8_t {
  kReply,
  kException,
  kTimeout,  // nothing came
  kGarbled,  // something came that is no reply: wrong checksum, torn, foreign
  kBroken,   // the link is to be opened anew
  kStopped,  // the input is being stopped
  kResting,  // nothing was sent: a late reply could be taken for this one's before `until`
};

struct Answer {
  Outcome outcome = Outcome::kTimeout;
  std::uint8_t exception = 0;
  bool is_doubtful = false;                  // an exception that may be an earlier request's
  std::span<const std::uint8_t> reply = {};  // from the function code on; valid until the next exchange
  Time sent{};                               // when the request had left
  Time received{};
  Time until{};             // of kResting
  const char* detail = "";  // of kGarbled and kBroken: what came instead
};

// What came that nobody had asked for; never published, always counted.
struct Strays {
  std::uint64_t late = 0;     // replies to requests that were given up, and second copies
  std::uint64_t foreign = 0;  // frames of other units
  std::uint64_t bytes = 0;    // that belong to no frame
  std::uint64_t bad_checksum = 0;
};

// Owned by the bus, used by its thread.
class Exchanger {
 public:
  Exchanger() = default;
  Exchanger(const Exchanger&) = delete;
  Exchanger& operator=(const Exchanger&) = delete;
  virtual ~Exchanger() = default;

  // Sends `request` to `unit` and waits for what answers it.
  [[nodiscard]] virtual Answer exchange(std::uint8_t unit, const Pdu& request, Time timeout) = 0;
  // Reads a range. Where replies can be mistaken, more may be read than is asked for, at most `max_count`; the answer
  // holds what was asked for in `reply`, without function and length.
  [[nodiscard]] virtual Answer read(std::uint8_t unit, const Range& range, std::uint16_t max_count, Time timeout) = 0;
  // The link was opened.
  virtual void opened() = 0;
  // Since the last call.
  [[nodiscard]] Strays take_strays() { return std::exchange(strays_, {}); }

 protected:
  Strays strays_;
};

}  // namespace telltale::modbus
