#include "daemon/core/derived_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

DerivedSpec spec(std::string name, const std::string& text) {
  DerivedSpec made;
  made.name = std::move(name);
  made.expression = parse_expression(text).expression;
  return made;
}

TEST(DerivedOrder, EachComesBehindWhatItLooksAt) {
  EXPECT_THAT(order_of({spec("c", "b + a"), spec("b", "a@mean_10s"), spec("a", "x{room=\"1\"}")}),
              ElementsAre(2, 1, 0));
  EXPECT_THAT(order_of({spec("all", "sum(p.*)"), spec("p.a", "x"), spec("p.b", "y")}), ElementsAre(1, 2, 0));
  EXPECT_THAT(order_of({}), IsEmpty());
}

TEST(DerivedOrder, CirclesAreNamed) {
  EXPECT_THAT(circles_of({spec("a", "b"), spec("b", "a")}).at(0).names, ElementsAre("a", "b", "a"));
  EXPECT_THAT(circles_of({spec("a", "a + 1")}).at(0).names, ElementsAre("a", "a"));
  EXPECT_THAT(circles_of({spec("a", "b"), spec("b", "c")}), IsEmpty());
}

TEST(DerivedOrder, SpansOfAWeekGoOnIntoTheNextDay) {
  using namespace std::chrono;
  const LocalTime friday_evening = local_days(2026y / 1 / 2) + hours(23);
  const WeekSpan nights{0x10, 22 * 60, 6 * 60};  // of Fridays
  EXPECT_TRUE(covers(nights, friday_evening));
  EXPECT_TRUE(covers(nights, friday_evening + hours(6)));
  EXPECT_FALSE(covers(nights, friday_evening + hours(7)));
  EXPECT_FALSE(covers(nights, friday_evening - days(1)));
  EXPECT_TRUE(covers(WeekSpan{}, friday_evening));
}

}  // namespace
}  // namespace telltale::core
