#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/expression_option.h"
#include "daemon/config/load.h"
#include "tests/support/fake_catalog.h"

namespace telltale::config {
namespace {

using testing::HasSubstr;

Outcome load_text(std::string text) {
  test::FakeCatalog plugins;
  return load({"telltale.yaml", std::move(text)}, SecretSources{}, plugins);
}

TEST(DerivedSection, ReadsWhatIsWritten) {
  const auto outcome = load_text(R"(
derived:
  - {name: press7.power, expr: "press7.volts * press7.amps", unit: W, decimals: 1, title: Power}
  - {name: press7.energy, expr: energy(press7.power), unit: Wh}
  - name: press7.cost
    expr: cost(press7.energy)
    tariff:
      - {days: mon-fri, from: "06:00", to: "22:00", price: 0.31}
      - {price: 0.22}
    zone: Europe/Berlin
    unit: EUR
)");
  ASSERT_TRUE(outcome.config) << outcome.report;
  EXPECT_EQ(outcome.report, "");
  const auto& derived = outcome.config->derived;
  ASSERT_EQ(derived.size(), 3U);
  EXPECT_EQ(derived[0].expression->references.size(), 2U);
  EXPECT_EQ(derived[0].kind, core::SeriesKind::kGauge);
  EXPECT_EQ(derived[0].hint.decimals, 1);
  EXPECT_EQ(derived[0].hint.title, "Power");
  EXPECT_EQ(derived[1].kind, core::SeriesKind::kCounter);
  ASSERT_EQ(derived[2].tariff.size(), 2U);
  EXPECT_EQ(derived[2].tariff[0].when, (core::WeekSpan{0x1f, 360, 1320}));
  EXPECT_EQ(derived[2].tariff[1].when, core::WeekSpan{});
  EXPECT_DOUBLE_EQ(derived[2].tariff[1].price, 0.22);
}

TEST(DerivedSection, PointsAtEveryMistakeWithItsColumn) {
  struct Case {
    const char* text;
    const char* place;
    const char* says;
  };
  const Case cases[] = {
      {"derived: [{name: a}]", ":1:11", "'expr' is missing"},
      {"derived: [{name: a, expr: b}, {name: a, expr: c}]", ":1:38", "is used twice"},
      {"derived: [{name: a, expr: b, unti: W}]", ":1:30", "did you mean 'unit'?"},
      {"derived: [{name: 'a{b}', expr: c}]", ":1:18", "which selectors use"},
      {"derived:\n  - name: a\n    expr: \"b + (c\"", ":3:18", "')' is missing"},
      {"derived:\n  - name: a\n    expr: b + dew_pont(c, d)", ":3:15", "did you mean 'dew_point'?"},
      {"derived:\n  - name: a\n    expr: größe + dew_pont(c, d)", ":3:19", "did you mean 'dew_point'?"},
      {"derived: [{name: a, expr: b@mean_30d}]", ":1:27", "longer than the longest of 'windows', 1d"},
      {"derived: [{name: a, expr: 1 + 2}]", ":1:27", "looks at no series"},
      {"derived: [{name: a, expr: b * a}]", ":1:31", "a looks at itself by way of a"},
      {"derived: [{name: p.all, expr: sum(p.*)}]", ":1:31", "p.all looks at itself by way of p.*"},
      {"derived: [{name: a, expr: b + 1}, {name: b, expr: c + 1}, {name: c, expr: a + 1}]", ":1:75",
       "in a circle: a → b → c → a"},
      {"derived: [{name: a, expr: x, unit: V}, {name: b, expr: y, unit: A}, {name: c, expr: a + b}]", ":1:89",
       "a is in V and b in A"},
      {"derived: [{name: a, expr: cost(b)}]", ":1:27", "cost() needs 'tariff'"},
      {"derived: [{name: a, expr: b, tariff: [{price: 1}]}]", ":1:30", "'tariff' is of cost() alone"},
      {"derived: [{name: a, expr: cost(b), tariff: [{price: 1, days: monday}]}]", ":1:62", "such as mon-fri"},
      {"derived: [{name: a, expr: cost(b), tariff: [{price: 1, from: 6}]}]", ":1:62", "\"06:00\""},
      {"derived: [{name: a, expr: cost(b), tariff: [{price: 1}], zone: Mars/Base}]", ":1:64", "Mars/Base"},
      {"derived: [{name: a, expr: 'energy(b, c)'}]", ":1:38", "a duration, such as 5m"},
      {"inputs: [{id: derived, plugin: linux}]", ":1:15", "is taken"},
  };
  for (const Case& one : cases) {
    const auto outcome = load_text(one.text);
    EXPECT_FALSE(outcome.config) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(std::string("telltale.yaml") + one.place + ": error: ")) << one.text;
    EXPECT_THAT(outcome.report, HasSubstr(one.says)) << one.text;
  }
  const auto both = load_text("derived: [{name: a, expr: foo(b)}, {name: c, expr: bar(d)}]");
  EXPECT_EQ(both.diagnostics.items().size(), 2U) << "all at once";
}

TEST(DerivedSection, DaysAndTimesOfDay) {
  EXPECT_EQ(parse_days("mon"), 1);
  EXPECT_EQ(parse_days("sat, sun"), 0x60);
  EXPECT_EQ(parse_days("fri-mon"), 0x71);
  EXPECT_EQ(parse_days("daily"), 0x7f);
  for (const char* text : {"", "mon-", "-fri", "mo", "mon,,tue"}) EXPECT_FALSE(parse_days(text)) << text;
  EXPECT_EQ(parse_time_of_day("06:30"), 390);
  EXPECT_EQ(parse_time_of_day("24:00"), 1440);
  for (const char* text : {"6:30", "24:01", "12:60", "-1:30", "ab:cd", ""})
    EXPECT_FALSE(parse_time_of_day(text)) << text;
}

}  // namespace
}  // namespace telltale::config
