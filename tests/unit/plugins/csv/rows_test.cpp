#include "plugins/csv/rows.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/outgoing.h"

namespace telltale::csv {
namespace {

using test::Outgoing;

std::string row(const Outgoing& out) {
  std::string text;
  append_row(text, out.readings().front());
  return text;
}

TEST(CsvRows, SayAllOfAReading) {
  Outgoing out;
  out.add(out.series("a.b", TELLTALE_KIND_GAUGE, {{"line", "x"}, {"site", "h,\"2\""}}, "°C"), 1'700'000'000'125'000'000,
          0.1);
  EXPECT_EQ(row(out), "2023-11-14T22:13:20.125Z,a.b,\"line=x;site=h,\"\"2\"\"\",0.1,,°C,good\n");
}

TEST(CsvRows, HaveNoValueWhenThereIsNone) {
  Outgoing bad;
  bad.add(bad.series("a"), 0, 7, TELLTALE_QUALITY_BAD);
  EXPECT_EQ(row(bad), "1970-01-01T00:00:00Z,a,,,,,bad\n");
  Outgoing none;
  none.add("a", 1, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(row(none), "1970-01-01T00:00:00.000000001Z,a,,,,,bad\n");
  Outgoing event;
  event.add(event.series("e", TELLTALE_KIND_EVENT), -1, 0, TELLTALE_QUALITY_UNCERTAIN, "two\nlines");
  EXPECT_EQ(row(event), "1969-12-31T23:59:59.999999999Z,e,,,\"two\nlines\",,uncertain\n");
  Outgoing state;
  state.add(state.series("s", TELLTALE_KIND_STATE), 0, 2, TELLTALE_QUALITY_STALE, "idle");
  EXPECT_EQ(row(state), "1970-01-01T00:00:00Z,s,,2,idle,,stale\n");
}

}  // namespace
}  // namespace telltale::csv
