// Requests and replies over a line that delays, doubles, tears and mixes up: nothing is taken for another's.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/modbus/bus/rtu_exchanger.h"
#include "plugins/modbus/bus/tcp_exchanger.h"
#include "plugins/modbus/codec/crc16.h"
#include "tests/unit/plugins/modbus/fake_link.h"

namespace telltale::modbus {
namespace {

using namespace std::chrono_literals;
using test::Bytes;
using test::FakeLink;

void put16(Bytes& bytes, std::size_t word) {
  bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(word));
}

Bytes rtu(Bytes frame) {
  const std::uint16_t crc = crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return frame;
}

// What stands in a register: tells unit and address at even addresses; at odd ones the number of the request, so that
// an old reply shows also when it is of the same registers.
std::uint16_t content(std::uint8_t unit, std::uint16_t address, std::uint32_t serial) {
  return static_cast<std::uint16_t>(address % 2 != 0 ? serial : address * 40'503U ^ unit * 2'654'435'761U);
}

struct Request {
  std::uint8_t unit;
  std::uint8_t function;
  std::uint16_t address;
  std::uint16_t count;
};

// Frames as a slave makes them, without checksum or header: unit and PDU.
Bytes reply_to(const Request& request, std::uint32_t serial) {
  Bytes frame{request.unit, request.function, static_cast<std::uint8_t>(request.count * 2)};
  for (std::uint16_t i = 0; i < request.count; ++i) {
    put16(frame, content(request.unit, static_cast<std::uint16_t>(request.address + i), serial));
  }
  return frame;
}

Request parse(const Bytes& frame) {
  return {frame[0], frame[1], static_cast<std::uint16_t>(frame[2] << 8U | frame[3]),
          static_cast<std::uint16_t>(frame[4] << 8U | frame[5])};
}

class RtuLine : public testing::Test {
 protected:
  RtuLine() {
    (void)link_.open();
    timing_.timeout = 100ms;
    timing_.byte_timeout = 20ms;
    timing_.frame_delay = 2ms;
  }
  Answer read(std::uint16_t address, std::uint16_t count, std::uint8_t unit = 1, std::uint16_t most = 125) {
    return exchanger().read(unit, {Table::kHolding, address, count}, most, timing_.timeout);
  }
  RtuExchanger& exchanger() {
    if (!exchanger_) exchanger_.emplace(link_, timing_);
    return *exchanger_;
  }
  // Answers every request at once, and remembers it.
  void answer_well() {
    link_.on_send = [this](const Bytes& frame) {
      requests_.push_back(parse(frame));
      link_.arrive(rtu(reply_to(requests_.back(), 7)), 5ms);
    };
  }
  FakeLink link_;
  Timing timing_;
  std::optional<RtuExchanger> exchanger_;
  std::vector<Request> requests_;
};

TEST_F(RtuLine, TakesAReplyThatComesByteByByte) {
  link_.on_send = [this](const Bytes& frame) {
    Time when = 5ms;
    for (const std::uint8_t byte : rtu(reply_to(parse(frame), 7))) link_.arrive({byte}, when += 15ms);
  };
  const Answer answer = read(100, 4);
  ASSERT_EQ(answer.outcome, Outcome::kReply) << "slow bytes go on past the time-out";
  EXPECT_EQ(answer.reply.size(), 8U);
}

TEST_F(RtuLine, GivesUpAReplyThatStops) {
  link_.on_send = [this](const Bytes& frame) {
    Bytes reply = rtu(reply_to(parse(frame), 7));
    reply.resize(6);
    link_.arrive(reply, 5ms);
  };
  EXPECT_EQ(read(100, 4).outcome, Outcome::kGarbled);
}

TEST_F(RtuLine, RefusesWrongChecksumsAndCountsThem) {
  link_.on_send = [this](const Bytes& frame) {
    Bytes reply = rtu(reply_to(parse(frame), 7));
    reply[4] ^= 1U;
    link_.arrive(reply, 5ms);
  };
  const Answer answer = read(100, 4);
  EXPECT_EQ(answer.outcome, Outcome::kGarbled);
  EXPECT_STREQ(answer.detail, "wrong checksum");
  EXPECT_EQ(exchanger().take_strays().bad_checksum, 1U);
}

TEST_F(RtuLine, LooksPastNoiseAndFramesOfOthers) {
  link_.on_send = [this](const Bytes& frame) {
    const Request request = parse(frame);
    Request foreign = request;
    foreign.unit = 9;
    link_.arrive({0xff, 0x00, 0x13}, 1ms);
    link_.arrive(rtu(reply_to(foreign, 7)), 2ms);
    link_.arrive(rtu(reply_to(request, 7)), 3ms);
  };
  const Answer answer = read(100, 1);
  ASSERT_EQ(answer.outcome, Outcome::kReply);
  EXPECT_EQ(answer.reply[0] << 8 | answer.reply[1], content(1, 100, 7));
  const Strays strays = exchanger().take_strays();
  EXPECT_EQ(strays.foreign, 1U);
}

TEST_F(RtuLine, TellsExceptions) {
  link_.on_send = [this](const Bytes& frame) {
    link_.arrive(rtu({frame[0], static_cast<std::uint8_t>(frame[1] | 0x80), 2}), 5ms);
  };
  const Answer answer = read(100, 4);
  EXPECT_EQ(answer.outcome, Outcome::kException);
  EXPECT_EQ(answer.exception, 2);
  EXPECT_FALSE(answer.is_doubtful);
}

TEST_F(RtuLine, AsksDifferentlyAfterATimeOut) {
  (void)read(100, 4);  // nobody answers
  answer_well();
  const Answer answer = read(200, 4);
  ASSERT_EQ(answer.outcome, Outcome::kReply);
  EXPECT_EQ(requests_.at(0).count, 5) << "four registers of 100 may still come";
  EXPECT_EQ(answer.reply.size(), 8U) << "but four were asked for";
  EXPECT_EQ(answer.reply[0] << 8 | answer.reply[1], content(1, 200, 7));
}

TEST_F(RtuLine, NeverReadsMoreThanTheUnitGives) {
  (void)read(100, 4);
  answer_well();
  const Answer answer = read(200, 4, 1, 4);
  ASSERT_EQ(answer.outcome, Outcome::kResting);
  EXPECT_TRUE(requests_.empty());
  link_.advance(answer.until - link_.now());
  ASSERT_EQ(read(200, 4, 1, 4).outcome, Outcome::kReply);
  ASSERT_EQ(requests_.size(), 2U);
  EXPECT_LT(requests_.at(0).count, 4) << "something else first: what was late has come by then";
  EXPECT_EQ(requests_.at(1).count, 4);
}

TEST_F(RtuLine, AsksOthersMeanwhile) {
  (void)read(100, 4, 1);
  answer_well();
  ASSERT_EQ(read(100, 4, 2).outcome, Outcome::kReply);
  EXPECT_EQ(requests_.at(0).count, 4);
}

TEST_F(RtuLine, FindsAnotherWayWhereTheUnitHasNothingMore) {
  (void)read(100, 4);
  link_.on_send = [this](const Bytes& frame) {
    const Request request = parse(frame);
    requests_.push_back(request);
    if (request.address + request.count > 104) {
      link_.arrive(rtu({1, 0x83, 2}), 5ms);
    } else {
      link_.arrive(rtu(reply_to(request, 7)), 5ms);
    }
  };
  const Answer answer = read(100, 4);
  ASSERT_EQ(answer.outcome, Outcome::kReply);
  EXPECT_EQ(answer.reply[0] << 8 | answer.reply[1], content(1, 100, 7));
  EXPECT_EQ(requests_.back().address, 99);
}

TEST_F(RtuLine, TakesBitsOutOfAWiderReply) {
  (void)exchanger().read(1, {Table::kCoil, 10, 5}, 2'000, 100ms);
  link_.on_send = [this](const Bytes& frame) {
    requests_.push_back(parse(frame));
    Bytes reply{frame[0], frame[1], static_cast<std::uint8_t>((requests_.back().count + 7) / 8)};
    for (int i = 0; i < (requests_.back().count + 7) / 8; ++i) reply.push_back(0b1001'0110);
    link_.arrive(rtu(reply), 5ms);
  };
  const Answer answer = exchanger().read(1, {Table::kCoil, 10, 5}, 2'000, 100ms);
  ASSERT_EQ(answer.outcome, Outcome::kReply);
  EXPECT_EQ(requests_.at(0).count, 9) << "a byte more";
  ASSERT_EQ(answer.reply.size(), 1U);
  EXPECT_EQ(answer.reply[0] & 0x1f, 0b1'0110);
}

TEST_F(RtuLine, GivesUpALineThatIsNeverSilent) {
  for (int i = 0; i < 10'000; ++i) link_.arrive({0x55}, i * 1ms);
  EXPECT_EQ(read(100, 1).outcome, Outcome::kGarbled);
}

TEST_F(RtuLine, SaysThatItWasStoppedOrLost) {
  link_.breaks = true;
  EXPECT_EQ(read(100, 1).outcome, Outcome::kBroken);
  link_.is_stopped = true;
  EXPECT_EQ(read(100, 1).outcome, Outcome::kStopped);
}

// The line of the next tests: one exchange in twenty goes wrong, in one of these ways.
enum class Mischief {
  kNone,
  kLate,
  kDoubled,
  kDoubledLater,
  kTorn,
  kTornThenRest,
  kQueued,
  kLost,
  kBadByte,
  kException,
  kCount
};

class Saboteur {
 public:
  explicit Saboteur(std::uint32_t seed) : random_(seed) {}
  Mischief next() {
    if (random_() % 20 != 0) return Mischief::kNone;
    return static_cast<Mischief>(1 + random_() % (static_cast<unsigned>(Mischief::kCount) - 1));
  }
  std::uint32_t below(std::uint32_t limit) { return random_() % limit; }
  std::uint32_t serial = 0;  // of the last request

  // Sends `reply` (and for an exception, `exception`) in the way of `mischief`.
  void answer(FakeLink& link, Mischief mischief, const Bytes& reply, const Bytes& exception) {
    Bytes head = reply;
    head.resize(1 + below(static_cast<std::uint32_t>(reply.size() - 1)));
    const Bytes rest(reply.begin() + static_cast<std::ptrdiff_t>(head.size()), reply.end());
    const Time soon = std::chrono::microseconds(100 + below(5'000));
    for (const Bytes& queued : std::exchange(queue_, {})) link.arrive(queued, soon / 2);
    switch (mischief) {
      case Mischief::kLate:
        return link.arrive(reply, 100ms + 1ms * below(1'500));
      case Mischief::kDoubled:
        link.arrive(reply, soon);
        return link.arrive(reply, soon + 10us * below(1'000));
      case Mischief::kDoubledLater:
        link.arrive(reply, soon);
        return link.arrive(reply, soon + 1ms * below(10));  // when others were asked meanwhile
      case Mischief::kTorn:
        return link.arrive(head, soon);
      case Mischief::kTornThenRest:
        link.arrive(head, soon);
        return link.arrive(rest, soon + 1ms * below(400));
      case Mischief::kQueued:
        return queue_.push_back(reply);
      case Mischief::kLost:
        return;
      case Mischief::kBadByte: {
        Bytes bad = reply;
        bad[below(static_cast<std::uint32_t>(bad.size()))] ^= static_cast<std::uint8_t>(1 + below(255));
        return link.arrive(bad, soon);
      }
      case Mischief::kException:
        return link.arrive(exception, soon);
      default:
        return link.arrive(reply, soon);
    }
  }

 private:
  std::mt19937 random_;
  std::vector<Bytes> queue_;  // comes together with the next reply, before it
};

struct Tally {
  int replies = 0;
  int wrong = 0;
};

int exchanges() { return std::getenv("TELLTALE_LONG") != nullptr ? 1'000'000 : 100'000; }

// Reads here and there, and looks whether what comes is what stands there now.
template <class Read>
Tally many_reads(Saboteur& saboteur, FakeLink& link, Read&& read) {
  Tally tally;
  for (int i = 0; i < exchanges(); ++i) {
    const auto unit = static_cast<std::uint8_t>(1 + saboteur.below(2));
    const Range range{Table::kHolding, static_cast<std::uint16_t>(100 + saboteur.below(3) * 50),
                      static_cast<std::uint16_t>(2 + saboteur.below(2) * 2)};
    const Answer answer = read(unit, range);
    if (answer.outcome == Outcome::kResting) link.advance(answer.until - link.now());
    if (answer.outcome != Outcome::kReply) continue;
    ++tally.replies;
    for (std::size_t word = 0; word < range.count; ++word) {
      const auto address = static_cast<std::uint16_t>(range.address + word);
      const int got = answer.reply[word * 2] << 8 | answer.reply[word * 2 + 1];
      if (got != content(unit, address, saboteur.serial)) {
        ++tally.wrong;
        break;
      }
    }
  }
  return tally;
}

TEST_F(RtuLine, MisattributesNothingHoweverReplies) {
  for (const std::uint16_t most : {std::uint16_t{125}, std::uint16_t{4}}) {
    Saboteur saboteur(most);
    exchanger_.reset();
    link_.on_send = [&](const Bytes& frame) {
      ++saboteur.serial;
      const Bytes reply = rtu(reply_to(parse(frame), saboteur.serial));
      saboteur.answer(link_, saboteur.next(), reply, rtu({frame[0], static_cast<std::uint8_t>(frame[1] | 0x80), 4}));
    };
    const Tally tally = many_reads(saboteur, link_, [&](std::uint8_t unit, const Range& range) {
      return exchanger().read(unit, range, most, timing_.timeout);
    });
    EXPECT_EQ(tally.wrong, 0) << "at most " << most << " registers";
    EXPECT_GT(tally.replies, exchanges() * 4 / 5);
  }
}

// Modbus TCP over the same line.
Bytes tcp(const Bytes& sent, const Bytes& unit_and_pdu) {
  Bytes frame{sent[0], sent[1], 0, 0};
  put16(frame, unit_and_pdu.size());
  frame.insert(frame.end(), unit_and_pdu.begin(), unit_and_pdu.end());
  return frame;
}
Request parse_tcp(const Bytes& frame) { return parse(Bytes(frame.begin() + 6, frame.end())); }

TEST_F(RtuLine, MisattributesNothingOverTcpEither) {
  Saboteur saboteur(1);
  TcpExchanger exchanger(link_, timing_, 65'000);
  exchanger.opened();
  link_.on_send = [&](const Bytes& frame) {
    ++saboteur.serial;
    const Bytes exception = tcp(frame, {frame[6], static_cast<std::uint8_t>(frame[7] | 0x80), 4});
    Mischief mischief = saboteur.next();
    if (mischief == Mischief::kBadByte) mischief = Mischief::kLost;  // TCP has its own checksum
    saboteur.answer(link_, mischief, tcp(frame, reply_to(parse_tcp(frame), saboteur.serial)), exception);
  };
  const Tally tally = many_reads(saboteur, link_, [&](std::uint8_t unit, const Range& range) {
    const Answer answer = exchanger.read(unit, range, 125, timing_.timeout);
    if (answer.outcome == Outcome::kBroken) {
      (void)link_.open();
      exchanger.opened();
    }
    return answer;
  });
  EXPECT_EQ(tally.wrong, 0);
  EXPECT_GT(tally.replies, exchanges() * 4 / 5);
}

TEST_F(RtuLine, GivesUpAStreamThatIsNoModbusTcp) {
  TcpExchanger exchanger(link_, timing_, 0);
  const std::vector<Bytes> answers{{'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0'},
                                   {0, 1, 0, 0, 0, 1, 1},
                                   {0, 1, 0, 0, 0xff, 0xff, 1, 3},
                                   {0, 1, 0, 0, 0, 5, 1, 3, 4, 0, 0},
                                   {0x70, 1, 0, 0, 0, 5, 1, 3, 2, 0, 0}};
  for (const Bytes& answer : answers) {
    exchanger.opened();
    link_.on_send = [&](const Bytes&) { link_.arrive(answer, 1ms); };
    EXPECT_EQ(exchanger.read(1, {Table::kHolding, 0, 1}, 125, 100ms).outcome, Outcome::kBroken) << answer.size();
    (void)link_.open();
  }
}

}  // namespace
}  // namespace telltale::modbus
