#include "plugins/outgoing/reading_text.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/outgoing.h"

namespace telltale::outgoing {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();

struct Case {
  std::uint32_t kind = 0;
  double value = 0;
  std::uint32_t quality = 0;
  bool has_value = false;
  const char* word = "";
  const char* text = "";
};

TEST(ReadingText, SaysWhetherThereIsAValueAndHowGoodItIs) {
  for (const Case& one : {
           Case{TELLTALE_KIND_GAUGE, 1, TELLTALE_QUALITY_GOOD, true, "good"},
           Case{TELLTALE_KIND_GAUGE, 1, TELLTALE_QUALITY_STALE, true, "stale"},
           Case{TELLTALE_KIND_STATE, 1, TELLTALE_QUALITY_UNCERTAIN, true, "uncertain"},
           Case{TELLTALE_KIND_COUNTER, 1, TELLTALE_QUALITY_BAD, false, "bad"},
           Case{TELLTALE_KIND_GAUGE, kNone, TELLTALE_QUALITY_GOOD, false, "bad"},
           Case{TELLTALE_KIND_STATE, -kInfinite, TELLTALE_QUALITY_STALE, false, "bad"},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_GOOD, true, "good", "began"},
           Case{TELLTALE_KIND_EVENT, kNone, TELLTALE_QUALITY_UNCERTAIN, true, "uncertain", "began"},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_BAD, true, "bad", "began"},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_BAD, false, "bad", ""},
           Case{TELLTALE_KIND_EVENT, 0, TELLTALE_QUALITY_GOOD, true, "good", ""},
       }) {
    test::Outgoing out;
    out.add(out.series("a", one.kind), 5, one.value, one.quality, one.text);
    EXPECT_EQ(has_value(out.readings().front()), one.has_value) << one.kind << " " << one.value << " " << one.word;
    EXPECT_EQ(quality_word(quality_of(out.readings().front())), one.word) << one.kind << " " << one.value;
  }
  EXPECT_EQ(quality_word(99), "bad");
}

TEST(ReadingText, CutsTimesTowardsThePast) {
  EXPECT_EQ(in_ms(1'999'999), 1);
  EXPECT_EQ(in_ms(0), 0);
  EXPECT_EQ(in_ms(-1), -1);
  EXPECT_EQ(in_ms(-1'000'000), -1);
}

TEST(ReadingText, NamesSeries) {
  test::Outgoing out;
  const telltale_series& series = out.series("press.oil", TELLTALE_KIND_GAUGE, {{"line", "a"}, {"side", ""}});
  EXPECT_EQ(key_of(series), R"(press.oil{line="a",side=""})");
  EXPECT_EQ(key_of(out.series("b")), "b");
  EXPECT_EQ(label_of(series, "line"), "a");
  EXPECT_EQ(label_of(series, "other"), "");
}

TEST(ReadingText, WritesTheShortestDigitsThatAreTheSameNumber) {
  std::string text;
  for (const double number : {0.1, -0.0, 1e300, 5e-324, kNone, kInfinite}) {
    append_number(text, number);
    text += ' ';
  }
  EXPECT_EQ(text, "0.1 -0 1e+300 5e-324   ");
}

}  // namespace
}  // namespace telltale::outgoing
