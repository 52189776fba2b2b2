#include "plugins/modbus/bus/rtu_exchanger.h"

#include <algorithm>

#include "plugins/modbus/codec/crc16.h"

namespace telltale::modbus {
namespace {

constexpr std::size_t kAround = 3;       // unit and checksum
constexpr std::size_t kSmallest = 5;     // an exception
constexpr std::size_t kMaxWidths = 256;  // that are remembered of one unit

bool checksum_holds(std::span<const std::uint8_t> frame) {
  const std::uint16_t crc = crc16(frame.first(frame.size() - 2));
  return frame[frame.size() - 2] == (crc & 0xffU) && frame[frame.size() - 1] == crc >> 8U;
}

Look look_of(const Range& range) { return look_of_reply_to(Pdu::read(range).bytes()); }

std::pair<std::uint32_t, std::uint16_t> width_key(const Range& range) {
  return {static_cast<std::uint32_t>(range.table) << 16U | range.address, range.count};
}

// `range` with `more` registers or bits after it, or before it; count 0 when that leaves the address space.
Range widened(Range range, std::uint16_t more, bool before) {
  const bool fits = before ? range.address >= more : std::uint32_t{range.address} + range.count + more <= 0x1'0000U;
  if (!fits) return {range.table, 0, 0};
  if (before) range.address = static_cast<std::uint16_t>(range.address - more);
  range.count = static_cast<std::uint16_t>(range.count + more);
  return range;
}

// The part of `data` (a reply to `asked`) that `wanted` asked for; bits are shifted down in place.
std::span<const std::uint8_t> part(std::span<std::uint8_t> data, const Range& asked, const Range& wanted) {
  const std::size_t skipped = std::size_t{wanted.address} - asked.address;
  if (!is_bits(asked.table)) return data.subspan(skipped * 2, std::size_t{wanted.count} * 2);
  for (std::size_t i = 0; i < wanted.count; ++i) {
    const std::size_t from = i + skipped;
    const bool on = (data[from / 8] >> (from % 8) & 1U) != 0;
    const auto mask = static_cast<std::uint8_t>(1U << (i % 8));
    data[i / 8] = static_cast<std::uint8_t>(on ? data[i / 8] | mask : data[i / 8] & ~mask);
  }
  return data.first((std::size_t{wanted.count} + 7) / 8);
}

}  // namespace

// Waits for the silence before a frame, and throws away what comes meanwhile.
Outcome RtuExchanger::fall_silent() {
  const Time patience = link_.now() + timing_.timeout + timing_.byte_timeout;
  for (;;) {
    std::size_t got = 0;
    const Io io = link_.receive(buffer_, got, std::max(quiet_since_ + timing_.frame_delay, link_.now()));
    if (io == Io::kTimeout) return Outcome::kReply;
    if (io == Io::kStopped) return Outcome::kStopped;
    if (io == Io::kBroken) return Outcome::kBroken;
    strays_.bytes += got;
    quiet_since_ = link_.now();
    distrust(quiet_since_);
    if (quiet_since_ > patience) return Outcome::kGarbled;
  }
}

Outcome RtuExchanger::transmit(std::uint8_t unit, const Pdu& request, Answer& answer) {
  const auto pdu = request.bytes();
  std::array<std::uint8_t, kMaxFrame> frame{};
  frame[0] = unit;
  std::copy(pdu.begin(), pdu.end(), frame.begin() + 1);
  const std::uint16_t crc = crc16({frame.data(), pdu.size() + 1});
  frame[pdu.size() + 1] = static_cast<std::uint8_t>(crc);
  frame[pdu.size() + 2] = static_cast<std::uint8_t>(crc >> 8U);
  const std::size_t size = pdu.size() + kAround;
  const Io io = link_.send({frame.data(), size});
  answer.sent = link_.now() + timing_.character * static_cast<std::int64_t>(size);
  quiet_since_ = answer.sent;
  if (io == Io::kStopped) return Outcome::kStopped;
  return io == Io::kDone ? Outcome::kReply : Outcome::kBroken;
}

// Looks through what came so far; true when the reply or an exception to the request is among it.
bool RtuExchanger::look_through(std::uint8_t unit, Peer& peer, const Pdu& request, Answer& answer) {
  const std::span<std::uint8_t> all(buffer_.data(), filled_);
  const std::size_t ours = reply_size(request.bytes()) + kAround;
  for (std::size_t at = looked_; at + kSmallest <= filled_; ++at) {
    const auto rest = all.subspan(at);
    const std::size_t size = size_of_reply(rest.subspan(1)) + kAround;
    if (rest[0] == 0 || size < kSmallest || size > rest.size() || !checksum_holds(rest.first(size))) continue;
    const auto pdu = rest.subspan(1, size - kAround);
    const bool is_ours = rest[0] == unit;
    if (is_ours && size == ours && is_reply_to(request.bytes(), pdu)) {
      answer.outcome = Outcome::kReply;
      answer.reply = pdu;
    } else if (is_ours && is_exception_to(request.bytes(), pdu)) {
      answer.outcome = Outcome::kException;
      answer.exception = pdu[1];
      answer.is_doubtful = distrust_until_ > answer.received;
    } else {
      ++(is_ours ? strays_.late : strays_.foreign);
      distrust(answer.received);
      looked_ = at + size;
      at = looked_ - 1;
      continue;
    }
    const std::size_t junk = at - looked_ + (rest.size() - size);
    strays_.bytes += junk;
    if (junk != 0) distrust(answer.received);
    peer.guard.came(look_of_reply_to(request.bytes()), answer.received);
    return true;
  }
  return false;
}

Outcome RtuExchanger::listen(std::uint8_t unit, Peer& peer, const Pdu& request, Time timeout, Answer& answer) {
  filled_ = looked_ = 0;
  const Time end = answer.sent + timeout;
  const Time last = end + timeout + timing_.character * static_cast<std::int64_t>(kMaxFrame);
  Time until = end;
  for (;;) {
    std::size_t got = 0;
    const Io io = link_.receive(std::span(buffer_).subspan(filled_), got, until);
    answer.received = link_.now();
    if (io == Io::kStopped) return Outcome::kStopped;
    if (io == Io::kBroken) return Outcome::kBroken;
    if (io == Io::kDone) {
      filled_ += got;
      quiet_since_ = answer.received;
      if (look_through(unit, peer, request, answer)) return answer.outcome;
      const bool is_waiting = filled_ == looked_;  // only others' frames so far
      until = std::min(is_waiting ? end : std::max(end, answer.received + timing_.byte_timeout), last);
      if (!is_waiting && answer.received - answer.sent > timing_.byte_timeout) until = std::min(until, last);
      if (answer.received < last && filled_ < buffer_.size()) continue;
    }
    if (filled_ == looked_) return Outcome::kTimeout;
    const std::size_t left = filled_ - looked_;
    const bool is_whole = left >= kSmallest && buffer_[looked_] == unit &&
                          (buffer_[looked_ + 1] & 0x7fU) == request.function() &&
                          left >= size_of_reply(std::span(buffer_).subspan(looked_ + 1)) + kAround;
    strays_.bad_checksum += is_whole ? 1 : 0;
    answer.detail = is_whole ? "wrong checksum" : "a frame that is not whole";
    distrust(answer.received);
    return Outcome::kGarbled;
  }
}

Answer RtuExchanger::once(std::uint8_t unit, Peer& peer, const Pdu& request, Time timeout) {
  Answer answer;
  answer.sent = answer.received = link_.now();
  Time pause = timing_.request_delay;
  if (unit != last_unit_) pause += timing_.turnaround;
  last_unit_ = unit;
  if (pause > Time{} && link_.sleep(quiet_since_ + pause) == Io::kStopped) {
    answer.outcome = Outcome::kStopped;
    return answer;
  }
  answer.outcome = fall_silent();
  if (answer.outcome != Outcome::kReply) {
    answer.detail = answer.outcome == Outcome::kGarbled ? "the line is never silent" : "the line was closed";
    return answer;
  }
  answer.outcome = transmit(unit, request, answer);
  if (answer.outcome == Outcome::kReply) answer.outcome = listen(unit, peer, request, timeout, answer);
  if (answer.outcome == Outcome::kBroken) answer.detail = "the line was closed";
  if (answer.outcome == Outcome::kTimeout || answer.outcome == Outcome::kGarbled) {
    peer.guard.gave_up(look_of_reply_to(request.bytes()), answer.sent, answer.received);
  }
  return answer;
}

Answer RtuExchanger::exchange(std::uint8_t unit, const Pdu& request, Time timeout) {
  return once(unit, peers_[unit], request, timeout);
}

Range RtuExchanger::unmistakable(const Peer& peer, const Range& wanted, std::uint16_t max_count, Time now) const {
  const auto is_free = [&](const Range& range) {
    const Look look = look_of(range);
    return !peer.guard.may_be_late(look, now) && !peer.guard.may_come_twice(look, now, distrust_until_ > now);
  };
  if (is_free(wanted)) return wanted;
  // A reply of bits grows by a byte with the next bit after a whole byte.
  const auto step = static_cast<std::uint16_t>(is_bits(wanted.table) ? 8 - (wanted.count - 1) % 8 : 1);
  for (const bool before : {false, true}) {
    for (const std::uint16_t times : {1, 2}) {
      const auto more = static_cast<std::uint16_t>(is_bits(wanted.table) ? step + (times - 1) * 8 : step * times);
      const Range wider = widened(wanted, more, before);
      if (wider.count == 0 || wider.count > max_count || !is_free(wider)) continue;
      if (!peer.refused_widths.contains(width_key(wider))) return wider;
    }
  }
  const bool is_certain = !peer.guard.may_be_late(look_of(wanted), now) && distrust_until_ <= now;
  return is_certain ? wanted : Range{wanted.table, 0, 0};
}

Range RtuExchanger::barrier(const Peer& peer, const Range& wanted, std::uint16_t max_count, Time now) {
  constexpr std::array kOther{Table::kDiscrete, Table::kCoil, Table::kHolding, Table::kInput};
  const std::uint16_t most = is_bits(wanted.table) ? std::uint16_t{1} : std::min<std::uint16_t>(max_count, 8);
  for (const Table table : {wanted.table, kOther[static_cast<std::size_t>(wanted.table)]}) {
    for (std::uint16_t count = 1; count <= most; ++count) {
      const Range range{table, wanted.address, count};
      const Look look = look_of(range);
      if (std::uint32_t{wanted.address} + count > 0x1'0000U || look == look_of(wanted)) continue;
      if (!peer.guard.may_be_late(look, now) && !peer.guard.may_come_twice(look, now, true)) return range;
    }
  }
  return {wanted.table, 0, 0};
}

Answer RtuExchanger::read(std::uint8_t unit, const Range& range, std::uint16_t max_count, Time timeout) {
  Peer& peer = peers_[unit];
  for (;;) {
    const Time now = link_.now();
    const Range asked = unmistakable(peer, range, max_count, now);
    if (asked.count != 0) {
      Answer answer = once(unit, peer, Pdu::read(asked), timeout);
      const bool is_wider = asked != range;
      if (answer.outcome == Outcome::kException && is_wider && peer.refused_widths.size() < kMaxWidths) {
        peer.refused_widths.insert(width_key(asked));
        continue;  // the unit has nothing there: another way is found
      }
      if (answer.outcome == Outcome::kReply) {
        const std::size_t at = static_cast<std::size_t>(answer.reply.data() - buffer_.data()) + 2;
        answer.reply = part(std::span(buffer_).subspan(at, answer.reply.size() - 2), asked, range);
      }
      return answer;
    }
    Answer answer;
    answer.outcome = Outcome::kResting;
    answer.sent = answer.received = now;
    answer.until = peer.guard.cleared_from(look_of(range));
    if (answer.until > now) return answer;
    const Range other = barrier(peer, range, max_count, now);
    answer.until = now + ReplyGuard::kTwice;
    if (other.count == 0) return answer;
    Answer cleared = once(unit, peer, Pdu::read(other), timeout);
    if (cleared.outcome != Outcome::kReply && cleared.outcome != Outcome::kException) return cleared;
  }
}

}  // namespace telltale::modbus
