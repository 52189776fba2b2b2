#include "plugins/serial/framing/framer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "plugins/serial/framing/byte_text.h"

namespace telltale::serial {
namespace {

using std::chrono::milliseconds;
using namespace std::string_literals;

// "[frame]" and "!reason:size", in order.
class Collect final : public FrameSink {
 public:
  void frame(std::string_view bytes) override { text += "[" + std::string(bytes) + "]"; }
  void dropped(std::string_view reason, std::string_view bytes) override {
    text += "!" + std::string(reason) + ":" + std::to_string(bytes.size());
  }
  std::string text;
};

std::string cut(const FrameRules& rules, const std::string& bytes, bool in_step = true) {
  Framer framer(rules);
  Collect collect;
  framer.reset({}, in_step);
  framer.feed(bytes, milliseconds(1), collect);
  return collect.text;
}

FrameRules rules(FrameKind kind) {
  FrameRules made;
  made.kind = kind;
  made.max_size = 64;
  return made;
}

FrameRules delimited(std::string start, std::string end) {
  FrameRules made = rules(FrameKind::kDelimiter);
  made.start = std::move(start);
  made.end = std::move(end);
  return made;
}

struct Case {
  std::string bytes;
  std::string expected;
};

void expect(const FrameRules& made, const std::vector<Case>& cases) {
  for (const Case& row : cases) EXPECT_EQ(cut(made, row.bytes), row.expected) << row.bytes;
}

TEST(Framer, EndsLinesInAnyWay) {
  expect(rules(FrameKind::kLine), {{"a\nb\r\nc\rd", "[a][b][c]"},
                                   {"\r\n\n", ""},
                                   {"\0a\n"s, "[\0a]"s},
                                   {std::string(70, 'x') + "\ny\n", "!too_long:71[y]"},
                                   {std::string(70, 'x'), "!too_long:70"}});
}

TEST(Framer, PassesOverTheMiddleOfAMessage) {
  EXPECT_EQ(cut(rules(FrameKind::kLine), "21.5\n22.5\n", false), "!stray:5[22.5]");
  EXPECT_EQ(cut(delimited("\x02", "\x03"), "1\x03\x02"s + "2\x03", false), "!stray:2[2]");
  // A line that was quiet is at a beginning.
  Framer framer(rules(FrameKind::kLine));
  Collect collect;
  framer.reset({}, false);
  framer.feed("21.5\n", Framer::kQuietStart, collect);
  EXPECT_EQ(collect.text, "[21.5]");
}

TEST(Framer, DropsTheRestOfWhatWasTooLong) {
  Framer framer(rules(FrameKind::kLine));
  Collect collect;
  framer.reset({}, true);
  framer.feed(std::string(65, '1'), milliseconds(1), collect);
  framer.feed("234\n5\n", milliseconds(2), collect);
  EXPECT_EQ(collect.text, "!too_long:65!stray:4[5]");
}

TEST(Framer, TakesDelimiters) {
  expect(delimited("", ";;"), {{"a;b;;c;;", "[a;b][c]"}, {";;a", ""}});
  expect(delimited("<", ">"), {{"<a>", "[a]"},
                               {"x<a>yy<b>", "!stray:1[a]!stray:2[b]"},
                               {"<a<b>", "!truncated:2[b]"},
                               {"<a<b<c", "!truncated:4"},
                               {"<>", ""}});
  expect(delimited("~", "~"), {{"~a~b~~c~", "[a][b][c]"}, {"x~a~", "!stray:1[a]"}});
  expect(delimited("AB", "C"), {{"xxA", "!stray:2"}, {"xxABzC", "!stray:2[z]"}});
}

TEST(Framer, UndoesEscapes) {
  FrameRules hdlc = delimited("\x7e", "\x7e");
  hdlc.escape = '\x7d';
  hdlc.escape_xor = 0x20;
  expect(hdlc, {{"\x7e" "a\x7d\x5e" "b\x7e", "[a\x7e" "b]"}, {"\x7e\x7d\x7e", "!bad_escape:1"}});
  FrameRules slip = delimited("", "\xc0");
  slip.escape = '\xdb';
  slip.escape_map = {{'\xdc', '\xc0'}, {'\xdd', '\xdb'}};
  expect(slip, {{"a\xdb\xdc\xdb\xdd\xc0", "[a\xc0\xdb]"}, {"\xdb\x01\xc0", "!bad_escape:2"}});
  FrameRules stuffed = delimited("\x10\x02", "\x10\x03");
  stuffed.escape = '\x10';
  expect(stuffed, {{"\x10\x02" "a\x10\x10\x03" "b\x10\x03", "[a\x10\x03" "b]"}});
}

TEST(Framer, FindsMessagesOfAFixedSizeAgain) {
  FrameRules fixed = rules(FrameKind::kFixed);
  fixed.size = 4;
  fixed.checksum = payload::Checksum::kXor;
  const std::string good = "abc" + std::string(1, static_cast<char>('a' ^ 'b' ^ 'c'));
  expect(fixed, {{good + good, "[" + good + "][" + good + "]"},
                 {"z" + good, "!wrong_checksum:1[" + good + "]"},
                 {"ab", ""}});
  fixed.start = "a";
  expect(fixed, {{"zz" + good, "!stray:2[" + good + "]"}, {"aa" + good, "!wrong_checksum:1!wrong_checksum:1[" + good + "]"}});
  FrameRules gap = rules(FrameKind::kFixed);
  gap.size = 3;
  gap.gap = milliseconds(10);
  Framer framer(gap);
  Collect collect;
  framer.reset({}, false);
  framer.feed("ab", milliseconds(1), collect);
  EXPECT_EQ(framer.deadline(), milliseconds(11));
  framer.idle(milliseconds(10), collect);
  EXPECT_EQ(collect.text, "");
  framer.feed("cde", milliseconds(11), collect);
  EXPECT_EQ(collect.text, "!truncated:2[cde]");
}

TEST(Framer, ReadsTheLength) {
  FrameRules prefixed = rules(FrameKind::kLength);
  prefixed.start = "\x01";
  prefixed.length_at = 1;
  prefixed.length_size = 2;
  prefixed.length_little = true;
  prefixed.length_adds = 3;
  expect(prefixed, {{"\x01\x02\0ab\x01\0\0"s, "[\x01\x02\0ab][\x01\0\0]"s},
                    {"\x01\x02\0a"s, ""},
                    {"\x01\xff\xff\x01\0\0"s, "!bad_length:1!stray:2[\x01\0\0]"s},
                    {"zz\x01\0\0"s, "!stray:2[\x01\0\0]"s}});
  FrameRules negative = rules(FrameKind::kLength);
  negative.length_adds = -10;
  EXPECT_EQ(cut(negative, "\x05"), "!bad_length:1");
}

TEST(Framer, EndsAtASilence) {
  FrameRules silent = rules(FrameKind::kSilence);
  silent.gap = milliseconds(5);
  Framer framer(silent);
  Collect collect;
  framer.reset({}, true);
  framer.feed("ab", milliseconds(1), collect);
  framer.feed("cd", milliseconds(3), collect);
  framer.idle(milliseconds(7), collect);
  EXPECT_EQ(collect.text, "");
  framer.idle(milliseconds(8), collect);
  framer.feed("e", milliseconds(20), collect);
  framer.feed("f", milliseconds(40), collect);
  EXPECT_EQ(collect.text, "[abcd][e]");
  EXPECT_EQ(framer.deadline(), milliseconds(45));
}

TEST(Framer, ChecksEveryForm) {
  FrameRules line = rules(FrameKind::kLine);
  line.nmea = true;
  expect(line, {{"$GPGLL,1*4D\r\n", "[$GPGLL,1*4D]"}, {"$GPGLL,2*4D\n", "!wrong_checksum:11"}, {"$GPGLL,1\n", "!wrong_checksum:8"}, {"*\n", "!wrong_checksum:1"}});
  line.nmea = false;
  line.checksum = payload::Checksum::kSum8;
  line.checksum_form = ChecksumForm::kHex;
  expect(line, {{"abC3\n", "[ab]"}, {"abC4\n", "!wrong_checksum:4"}, {"C3\n", "!wrong_checksum:2"}, {"\n", ""}, {"1\n", "!wrong_checksum:1"}});
  line.checksum_from = 1;
  expect(line, {{"xabC3\n", "[xab]"}});
  FrameRules binary = delimited("\x02", "\x03");
  binary.checksum = payload::Checksum::kCrc16Modbus;
  binary.checksum_form = ChecksumForm::kLittleEndian;
  const std::uint32_t crc = payload::checksum_of(binary.checksum, "hello");
  const std::string low(1, static_cast<char>(crc & 0xff));
  const std::string high(1, static_cast<char>(crc >> 8));
  expect(binary, {{"\x02hello" + low + high + "\x03", "[hello]"}, {"\x02hello" + high + low + "\x03", "!wrong_checksum:7"}});
}

// Whatever the pieces are in which the bytes come, the messages are the same.
TEST(Framer, DoesNotSeeThePieces) {
  FrameRules stuffed = delimited("\x10\x02", "\x10\x03");
  stuffed.escape = '\x10';
  FrameRules fixed = rules(FrameKind::kFixed);
  fixed.size = 3;
  fixed.start = "a";
  fixed.checksum = payload::Checksum::kXor;
  FrameRules length = rules(FrameKind::kLength);
  length.length_adds = 1;
  const std::vector<FrameRules> all{rules(FrameKind::kLine), delimited("<", ">"), delimited("~", "~"), stuffed, fixed, length};
  const std::string alphabet = "a<>~\n\x10\x02\x03\x01"s;
  EXPECT_TRUE(rc::check([&](const std::vector<std::uint8_t>& letters, const std::vector<std::uint8_t>& pieces) {
    std::string bytes;
    for (const std::uint8_t letter : letters) bytes += alphabet[letter % alphabet.size()];
    RC_PRE(bytes.size() <= 60U);
    for (const FrameRules& one : all) {
      Framer framer(one);
      Collect collect;
      framer.reset({}, true);
      std::string_view rest = bytes;
      for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t size = std::min<std::size_t>(pieces.empty() ? 1 : 1 + pieces[i % pieces.size()] % 7, rest.size());
        const std::vector<char> exact(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
        framer.feed({exact.data(), exact.size()}, milliseconds(1), collect);
        rest.remove_prefix(size);
      }
      const auto frames_of = [](const std::string& text) {
        std::string frames;
        for (std::size_t at = 0; (at = text.find('[', at)) != std::string::npos;) {
          const std::size_t end = text.find(']', at);
          frames += text.substr(at, end - at);
          at = end;
        }
        return frames;
      };
      RC_ASSERT(frames_of(collect.text) == frames_of(cut(one, bytes)));
      RC_ASSERT(framer.pending() <= 64U);
    }
  }));
}

TEST(ByteText, ReadsEscapesAndNames) {
  const std::vector<std::pair<std::string, std::string>> cases{{"Q\\r\\n", "Q\r\n"},  {"\\x02RD\\x03", "\x02RD\x03"},
                                                               {"STX", "\x02"},       {"<STX>RD<CR>", "\x02RD\r"},
                                                               {"\\\\ \\0", "\\ \0"s}, {"\\<a", "<a"},
                                                               {"", ""},              {"STXX", "STXX"}};
  for (const auto& [text, bytes] : cases) EXPECT_EQ(bytes_of(text), bytes) << text;
  for (const std::string text : {"\\", "\\x", "\\x1", "\\xg1", "\\q", "<", "<FOO>", "a<STX"}) {
    EXPECT_EQ(bytes_of(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace telltale::serial
