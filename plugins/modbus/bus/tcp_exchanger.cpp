#include "plugins/modbus/bus/tcp_exchanger.h"

#include <algorithm>

namespace telltale::modbus {
namespace {

constexpr std::size_t kHeader = 7;        // transaction, protocol, length, unit
constexpr std::size_t kBeforeLength = 6;  // bytes that the length does not count
constexpr std::uint16_t kRecent = 1'024;  // ids of requests whose replies may still come

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

}  // namespace

void TcpExchanger::opened() {
  filled_ = 0;
  asked_ = 0;
}

void TcpExchanger::drop(std::size_t bytes) {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(bytes),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  filled_ -= bytes;
}

// Whether what follows a frame is the begin of another one, of a request that was sent: if not, the frame was put
// together from the pieces of several.
bool TcpExchanger::begins_a_frame(std::span<const std::uint8_t> bytes) const {
  if (bytes.size() >= 2) {
    const auto age = static_cast<std::uint16_t>(id_ - word_at(bytes, 0));
    if (age >= std::min<std::uint32_t>(asked_, kRecent)) return false;
  }
  if (bytes.size() >= 4 && word_at(bytes, 2) != 0) return false;
  return bytes.size() < 6 || (word_at(bytes, 4) >= 2 && word_at(bytes, 4) <= kMaxPdu + 1);
}

// Takes the next whole frame off the buffer.
TcpExchanger::Frame TcpExchanger::next_frame(std::uint8_t unit, const Pdu& request, Answer& answer) {
  if (filled_ < kHeader) return Frame::kNone;
  const std::span<const std::uint8_t> bytes(buffer_.data(), filled_);
  const std::size_t length = word_at(bytes, 4);  // unit and PDU
  const auto age = static_cast<std::uint16_t>(id_ - word_at(bytes, 0));
  if (!begins_a_frame(bytes)) return Frame::kLost;
  if (filled_ < kBeforeLength + length) return Frame::kNone;
  if (!begins_a_frame(bytes.subspan(kBeforeLength + length))) return Frame::kLost;
  const auto pdu = bytes.subspan(kHeader, length - 1);
  Frame frame = Frame::kOther;
  if (age != 0) {
    ++strays_.late;
  } else if (bytes[6] != unit) {
    ++strays_.foreign;
  } else if (is_reply_to(request.bytes(), pdu)) {
    std::copy(pdu.begin(), pdu.end(), reply_.begin());
    answer.outcome = Outcome::kReply;
    answer.reply = {reply_.data(), pdu.size()};
    frame = Frame::kOurs;
  } else if (is_exception_to(request.bytes(), pdu)) {
    answer.outcome = Outcome::kException;
    answer.exception = pdu[1];
    frame = Frame::kOurs;
  } else {
    return Frame::kLost;
  }
  drop(kBeforeLength + length);
  return frame;
}

Answer TcpExchanger::exchange(std::uint8_t unit, const Pdu& request, Time timeout) {
  Answer answer;
  ++id_;
  if (asked_ < kRecent) ++asked_;
  const auto pdu = request.bytes();
  std::array<std::uint8_t, kHeader + kMaxPdu> frame{};
  const auto length = static_cast<std::uint16_t>(pdu.size() + 1);
  const std::array<std::uint8_t, kHeader> header{
      static_cast<std::uint8_t>(id_ >> 8U),    static_cast<std::uint8_t>(id_),    0,   0,
      static_cast<std::uint8_t>(length >> 8U), static_cast<std::uint8_t>(length), unit};
  std::copy(pdu.begin(), pdu.end(), std::copy(header.begin(), header.end(), frame.begin()));
  const Io sent = link_.send({frame.data(), kHeader + pdu.size()});
  answer.sent = answer.received = link_.now();
  if (sent != Io::kDone) {
    answer.outcome = sent == Io::kStopped ? Outcome::kStopped : Outcome::kBroken;
    answer.detail = "the connection was closed";
    return answer;
  }
  const Time end = answer.sent + timeout;
  Time until = end;
  for (;;) {
    std::size_t got = 0;
    const Io io = link_.receive(std::span(buffer_).subspan(filled_), got, until);
    answer.received = link_.now();
    if (io == Io::kDone) {
      filled_ += got;
      Frame seen = next_frame(unit, request, answer);
      while (seen == Frame::kOther) seen = next_frame(unit, request, answer);
      if (seen == Frame::kOurs) return answer;
      if (seen == Frame::kLost) {
        answer.outcome = Outcome::kBroken;
        answer.detail = "what came is no Modbus TCP";
        return answer;
      }
      // A frame that has begun may take longer than the time-out, as long as it goes on.
      if (filled_ != 0) until = std::min(std::max(end, answer.received + timing_.byte_timeout), end + timeout);
      if (answer.received < end + timeout) continue;
    }
    if (io == Io::kStopped) {
      answer.outcome = Outcome::kStopped;
    } else if (io == Io::kBroken) {
      answer.outcome = Outcome::kBroken;
      answer.detail = "the connection was closed";
    } else if (filled_ != 0) {  // the rest would be taken for the next frame's begin
      answer.outcome = Outcome::kBroken;
      answer.detail = "a reply was cut off";
    } else {
      answer.outcome = Outcome::kTimeout;
    }
    return answer;
  }
}

Answer TcpExchanger::read(std::uint8_t unit, const Range& range, std::uint16_t /*max_count*/, Time timeout) {
  Answer answer = exchange(unit, Pdu::read(range), timeout);
  if (answer.outcome == Outcome::kReply) answer.reply = answer.reply.subspan(2);
  return answer;
}

}  // namespace telltale::modbus
