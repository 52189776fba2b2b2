// Derived series, behind the real engine.
#include <cmath>

#include <gmock/gmock.h>

#include "tests/unit/rules/book_fixture.h"

namespace telltale::rules {
namespace {

using core::Quality;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Derived = BookFixture;

TEST_F(Derived, IsComputedOncePerChangeAndKeptLikeAnyOther) {
  state("volts");
  state("amps");
  apply({derived("power", "volts * amps", "W")});
  pass({{"volts", 230}, {"amps", 2}});
  EXPECT_THAT(values("power"), ElementsAre(460.0));
  pass({{"amps", 3}});
  EXPECT_THAT(values("power"), ElementsAre(460.0, 690.0));
  pass({{"other", 1}});
  EXPECT_EQ(values("power").size(), 2U);
  const auto series = registry_.match(core::Selector::parse("power").value());
  ASSERT_EQ(series.size(), 1U);
  EXPECT_EQ(series[0]->input, "derived");
  EXPECT_EQ(series[0]->declaration.unit, "W");
  EXPECT_EQ(engine_.latest({core::Selector::parse("power@count_1m").value()}).at(0).value, 2.0);
  EXPECT_EQ(live_.readings().size(), history_.readings.size());
}

TEST_F(Derived, ReadingsThatCameTogetherAreComputedTogetherAndNoneIsLeftOut) {
  state("a");
  state("b");
  apply({derived("sum", "a + b")});
  const auto now = clock_.wall_now() - seconds(20);
  pass_at({{"a", now, 1}, {"a", now + seconds(1), 2}, {"b", now, 10}, {"b", now + seconds(1), 20}});
  EXPECT_THAT(values("sum"), ElementsAre(11.0, 22.0));
}

TEST_F(Derived, ADiamondIsComputedOnceAfterItsParts) {
  state("x");
  apply({derived("top", "left + right"), derived("left", "x * 2"), derived("right", "x * 3")});
  pass({{"x", 1}});
  pass({{"x", 2}});
  EXPECT_THAT(values("top"), ElementsAre(5.0, 10.0));
  // The same with both readings in one pass.
  const auto later = clock_.wall_now() + seconds(1);
  clock_.advance(seconds(5));
  pass_at({{"x", later, 3}, {"x", later + seconds(1), 4}});
  EXPECT_THAT(values("top"), ElementsAre(5.0, 10.0, 15.0, 20.0));
}

TEST_F(Derived, ASeriesThatComesLaterIsJoinedWithinASecond) {
  apply({derived("double", "late.comer * 2")});
  pass({{"late.comer", 4}});
  EXPECT_THAT(values("double"), IsEmpty());
  advance(seconds(1));
  EXPECT_THAT(values("double"), ElementsAre(8.0));
  pass({{"late.comer", 5}});
  EXPECT_THAT(values("double"), ElementsAre(8.0, 10.0));
}

TEST_F(Derived, EachSetOfLabelsHasItsOwn) {
  for (const char* key : {"t{room=\"a\"}", "t{room=\"b\"}", "offset"}) state(key);
  apply({derived("corrected", "t + offset")});
  pass({{"offset", 1}, {"t{room=\"a\"}", 20}, {"t{room=\"b\"}", 30}});
  EXPECT_THAT(values("corrected{room=\"a\"}"), ElementsAre(21.0));
  EXPECT_THAT(values("corrected{room=\"b\"}"), ElementsAre(31.0));
  pass({{"offset", 2}});
  EXPECT_THAT(values("corrected{room=\"b\"}"), ElementsAre(31.0, 32.0));
}

TEST_F(Derived, OneOfManyIsChosenByItsLabels) {
  for (const char* key : {"t{room=\"a\"}", "t{room=\"b\"}"}) state(key);
  apply({derived("difference.of.rooms", "t{room=\"a\"} - t{room=\"b\"}")});
  pass({{"t{room=\"a\"}", 20}, {"t{room=\"b\"}", 30}});
  EXPECT_THAT(values("difference.of.rooms"), ElementsAre(-10.0));
}

TEST_F(Derived, GathersByLabels) {
  for (const char* key : {"p{line=\"1\",m=\"a\"}", "p{line=\"1\",m=\"b\"}", "p{line=\"2\",m=\"c\"}", "p{m=\"x\"}"})
    state(key);
  apply({derived("line.power", "sum by (line) (p)"), derived("all", "sum(p)"), derived("most", "max(p)"),
         derived("how.many", "count(p)"), derived("share", "sum by (line) (p) / sum(p)")});
  pass({{"p{line=\"1\",m=\"a\"}", 1}, {"p{line=\"1\",m=\"b\"}", 2}, {"p{line=\"2\",m=\"c\"}", 4}, {"p{m=\"x\"}", 1}});
  EXPECT_THAT(values("line.power{line=\"1\"}"), ElementsAre(3.0));
  EXPECT_THAT(values("line.power{line=\"2\"}"), ElementsAre(4.0));
  EXPECT_THAT(values("all"), ElementsAre(8.0));
  EXPECT_THAT(values("most"), ElementsAre(4.0));
  EXPECT_THAT(values("how.many"), ElementsAre(4.0));
  EXPECT_THAT(values("share{line=\"2\"}"), ElementsAre(0.5));
}

TEST_F(Derived, ASumWaitsForAllOfItThenGoesOnWithout) {
  state("p.a");
  state("p.b");
  apply({derived("total.power", "sum(p.*)")});
  pass({{"p.a", 1}});
  EXPECT_THAT(values("total.power"), IsEmpty()) << "the other may come yet";
  advance(seconds(61));
  pass({{"p.a", 2}});
  EXPECT_THAT(values("total.power"), ElementsAre(2.0));
}

TEST_F(Derived, GroupsAreBounded) {
  std::vector<std::pair<std::string, double>> many;
  for (std::size_t i = 0; i < core::kMaxGroups + 10; ++i) many.emplace_back("n{id=\"" + std::to_string(i) + "\"}", 1.0);
  pass(many);
  apply({derived("copy", "n * 1")});
  EXPECT_EQ(book_.derived().at(0).series, core::kMaxGroups);
  EXPECT_THAT(book_.derived().at(0).problem, HasSubstr("more than 256"));
}

TEST_F(Derived, CarriesTheWorstQualityAndTheOldestTime) {
  state("a");
  state("b");
  apply({derived("both", "a + b")});
  const auto now = clock_.wall_now();
  pass_at({{"b", now - seconds(5), 1}});
  pass_at({{"a", now, 1}});
  ASSERT_EQ(kept("both").size(), 1U);
  EXPECT_EQ(kept("both")[0].time, now - seconds(5));
  EXPECT_TRUE(kept("both")[0].by_source);
  // What is only held does not hold the time.
  pass_at({{"a", now + seconds(1), 2}});
  EXPECT_EQ(kept("both")[1].time, now + seconds(1));
  clock_.advance(seconds(5));
  pass({{"a", 1}}, Quality::kUncertain);
  ASSERT_EQ(kept("both").size(), 3U);
  EXPECT_EQ(kept("both")[2].quality, Quality::kUncertain);
  pass({{"b", 1}}, Quality::kBad);
  ASSERT_EQ(kept("both").size(), 4U);
  EXPECT_EQ(kept("both")[3].quality, Quality::kBad);
  EXPECT_TRUE(std::isnan(kept("both")[3].value));
}

TEST_F(Derived, ASilentInputMakesItStale) {
  state("a");
  state("b");
  apply({derived("both", "a + b")});
  for (int i = 0; i < 5; ++i) {
    pass({{"a", 1}, {"b", 1}});
    clock_.advance(seconds(1));
  }
  EXPECT_EQ(kept("both").back().quality, Quality::kGood);
  clock_.advance(minutes(1));
  pass({{"a", 2}});
  EXPECT_EQ(kept("both").back().quality, Quality::kStale);
}

TEST_F(Derived, WhatIsNoNumberIsAbsent) {
  state("a");
  apply({derived("inverse", "1 / a"), derived("root", "sqrt(a)")});
  pass({{"a", 0}});
  EXPECT_EQ(kept("inverse").at(0).quality, Quality::kBad);
  EXPECT_TRUE(std::isnan(kept("inverse").at(0).value));
  pass({{"a", -4}});
  EXPECT_EQ(kept("inverse").at(1).value, -0.25);
  EXPECT_EQ(kept("root").at(1).quality, Quality::kBad);
}

TEST_F(Derived, LateReadingsChangeNothing) {
  state("a");
  apply({derived("copy", "a * 1")});
  const auto now = clock_.wall_now();
  pass_at({{"a", now, 5}});
  pass_at({{"a", now - minutes(1), 99}});
  EXPECT_THAT(values("copy"), ElementsAre(5.0));
}

TEST_F(Derived, WindowsAreOfTheTimeOfTheReading) {
  state("a");
  apply({derived("mean", "a@mean_10s"), derived("above", "a - a@mean_1m")});
  pass({{"a", 10}});
  clock_.advance(seconds(1));
  pass({{"a", 20}});
  EXPECT_THAT(values("mean"), ElementsAre(10.0, 15.0));
  EXPECT_THAT(values("above"), ElementsAre(0.0, 5.0));
}

TEST_F(Derived, UnitsThatDoNotGoTogetherAreSaid) {
  state("t", "°C");
  state("u", "V");
  apply({derived("nonsense", "t + u"), derived("fine", "u * 2", "V")});
  pass({{"t", 1}, {"u", 2}});
  EXPECT_THAT(values("nonsense"), IsEmpty());
  EXPECT_THAT(values("fine"), ElementsAre(4.0));
  EXPECT_THAT(book_.derived().at(0).problem, HasSubstr("they cannot be added"));
}

TEST_F(Derived, EnergyLeavesGapsOut) {
  state("p", "W");
  apply({derived("meter", "energy(p, 10m)", "Wh")});
  pass({{"p", 1200}});
  clock_.advance(minutes(5));
  pass({{"p", 1200}});
  EXPECT_THAT(values("meter"), ElementsAre(0.0, DoubleNear(100, 1e-6)));
  clock_.advance(hours(3));
  pass({{"p", 1200}});
  clock_.advance(minutes(5));
  pass({{"p", 0}});
  EXPECT_NEAR(values("meter").back(), 150, 1e-6);
}

TEST_F(Derived, MetersGoOnWhereTheyWere) {
  state("p");
  book_.restore({{"meter", 5000.0}});
  apply({derived("meter", "energy(p)"), derived("hours", "running_hours(p > 10)")});
  pass({{"p", 60}});
  EXPECT_THAT(values("meter"), ElementsAre(5000.0));
  clock_.advance(minutes(1));
  pass({{"p", 60}});
  EXPECT_NEAR(values("meter").back(), 5001, 1e-6);
  // A reload that changes something else changes nothing here.
  apply({derived("meter", "energy(p)"), derived("hours", "running_hours(p > 10)"), derived("new", "p + 1")});
  clock_.advance(minutes(1));
  pass({{"p", 60}});
  EXPECT_NEAR(values("meter").back(), 5002, 1e-6);
  EXPECT_NEAR(values("hours").back(), 2.0 / 60, 1e-9);
  // Taken away and put back.
  apply({derived("new", "p + 1")});
  apply({derived("meter", "energy(p)")});
  pass({{"p", 60}});
  EXPECT_NEAR(values("meter").back(), 5002, 1e-6);
}

TEST_F(Derived, AReloadAddsAndRemoves) {
  state("a");
  apply({derived("one", "a + 1"), derived("two", "a + 2")});
  pass({{"a", 1}});
  apply({derived("two", "a + 20"), derived("three", "two + 1")});
  pass({{"a", 1}});
  EXPECT_THAT(values("one"), ElementsAre(2.0));
  EXPECT_EQ(values("two").back(), 21.0);
  EXPECT_EQ(values("three").back(), 22.0);
  apply({});
  pass({{"a", 5}});
  EXPECT_EQ(values("two").back(), 21.0);
  EXPECT_TRUE(book_.idle());
}

TEST_F(Derived, CountersAreCountedOverTheirRestarts) {
  state("c");
  apply({derived("step", "difference(c)"), derived("ever", "total(c)")});
  for (const double value : {100.0, 110.0, 5.0, 6.0}) {
    pass({{"c", value}});
    clock_.advance(seconds(1));
  }
  EXPECT_THAT(values("step"), ElementsAre(10.0, 5.0, 1.0));
  EXPECT_THAT(values("ever"), ElementsAre(0.0, 10.0, 15.0, 16.0));
}

TEST_F(Derived, CostFollowsTheTariff) {
  state("kwh");
  auto spec = derived("cost.today", "cost(kwh)", "EUR");
  spec.tariff = {{{0x1f, 6 * 60, 22 * 60}, 0.30}, {{}, 0.20}};
  apply({spec});
  pass({{"kwh", 100}});
  const auto tuesday_noon = std::chrono::sys_days(std::chrono::year(2023) / 11 / 21) + hours(12);
  pass_at({{"kwh", clock_.wall_now(), 100}});
  clock_.step_wall(tuesday_noon - clock_.wall_now());
  pass({{"kwh", 101}});
  EXPECT_NEAR(values("cost.today").back(), 0.30, 1e-9);
  clock_.advance(hours(11));
  pass({{"kwh", 103}});
  EXPECT_NEAR(values("cost.today").back(), 0.70, 1e-9);
}

// A chain as long as the configuration may have it, and every expression of a derived series that is followed.
TEST_F(Derived, ALongChainIsComputedInOnePass) {
  state("s0");
  std::vector<core::DerivedSpec> chain;
  for (int i = 1; i <= 200; ++i)
    chain.push_back(derived("s" + std::to_string(i), "s" + std::to_string(i - 1) + " + 1"));
  apply(chain);
  pass({{"s0", 1}});
  EXPECT_THAT(values("s200"), ElementsAre(201.0));
}

}  // namespace
}  // namespace telltale::rules
