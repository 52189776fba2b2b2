// What expressions give, against values of tables and standards.
#include "daemon/rules/formula.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace telltale::rules {
namespace {

double value_of(const std::string& text, std::map<std::string, double> given = {}) {
  const auto outcome = core::parse_expression(text);
  if (!outcome.expression) ADD_FAILURE() << text << ": " << outcome.mistakes[0].message;
  auto formula = Formula::compile(outcome.expression->root);
  if (!formula) ADD_FAILURE() << text << ": " << formula.error().text();
  std::vector<double> slots;
  for (const auto& reference : outcome.expression->references) slots.push_back(given.at(reference.selector.text()));
  return formula->compute(slots);
}

TEST(Formula, ComputesAsItIsWritten) {
  const std::pair<const char*, double> cases[] = {
      {"1 + 2 * 3", 7},
      {"-2 ^ 2", -4},
      {"2 ^ 3 ^ 2", 512},
      {"10 - 4 - 3", 3},
      {"!0 + !5", 1},
      {"3 > 2 && 2 >= 2 && 1 != 2", 1},
      {"1 == 2 || 0", 0},
      {"5 > 3 ? 10 : 20", 10},
      {"if(0, 1, 2) + not(0)", 3},
      {"least(3, 1, 2) + greatest(3, 1, 2)", 4},
      {"clamp(12, 0, 10) + sign(-3) + abs(-2)", 11},
      {"round(2.5) + floor(2.7) + ceil(2.1)", 8},
      {"log10(1000) + ln(exp(2)) + log2(8)", 8},
      {"1h30m / 60", 90},
      {"table(1.5, 0, 0, 1, 10, 2, 30)", 20},
      {"table(-5, 0, 7, 1, 10)", 7},
      {"table(50, 0, 7, 1, 10)", 10},
      {"1e-3 * 1e3", 1},
      {"efficiency(75, 100)", 75},
  };
  for (const auto& [text, value] : cases) EXPECT_DOUBLE_EQ(value_of(text), value) << text;
}

// Tables of IEC 60751, of a maker of NTCs, of Vaisala's humidity conversion formulas, and of the US National Weather
// Service.
TEST(Formula, AgreesWithTheTablesOfTheTrade) {
  const std::tuple<const char*, double, double> cases[] = {
      {"pt100(100)", 0, 1e-3},
      {"pt100(138.51)", 100, 0.02},
      {"pt100(60.26)", -100, 0.02},
      {"pt100(18.52)", -200, 0.02},
      {"pt100(390.48)", 850, 0.02},
      {"pt1000(1194)", 50, 0.01},
      {"ntc_beta(10000, 10000, 3950)", 25, 1e-6},
      {"ntc_beta(27281, 10000, 3977)", 3.98, 0.5},
      {"ntc(10000, 1.129148e-3, 2.34125e-4, 8.76741e-8)", 25, 0.02},
      {"loop(4, 0, 10)", 0, 1e-12},
      {"loop(12, 0, 10)", 5, 1e-12},
      {"loop(20, -50, 150)", 150, 1e-9},
      {"dew_point(20, 50)", 9.27, 0.05},
      {"dew_point(30, 100)", 30, 0.01},
      {"absolute_humidity(20, 100)", 17.3, 0.1},
      {"absolute_humidity(25, 50)", 11.5, 0.1},
      {"fahrenheit(heat_index(celsius(90), 70))", 105.9, 0.5},
      {"fahrenheit(heat_index(celsius(100), 50))", 118, 1},
  };
  for (const auto& [text, value, within] : cases) EXPECT_NEAR(value_of(text), value, within) << text;
}

TEST(Formula, HasNoAnswerWhereThereIsNone) {
  for (const char* text :
       {"loop(3.2, 0, 10)", "loop(21.5, 0, 10)", "pt100(5)", "pt100(500)", "ntc(0, 1, 2, 3)", "dew_point(20, 0)",
        "dew_point(500, 50)", "1 / 0", "sqrt(0 - 1)", "clamp(1, 3, 2)", "efficiency(1, 0)", "exp(10000)"}) {
    const double value = value_of(text);
    EXPECT_TRUE(std::isnan(value)) << text << " = " << value;
  }
}

TEST(Formula, OfAnAbsentValueIsAbsent) {
  const double none = std::nan("");
  EXPECT_TRUE(std::isnan(value_of("a > 3", {{"a", none}})));
  EXPECT_TRUE(std::isnan(value_of("if(a, 1, 2)", {{"a", none}})));
  EXPECT_TRUE(std::isnan(value_of("a || 1", {{"a", none}})));
  EXPECT_TRUE(std::isnan(value_of("a + 1", {{"a", HUGE_VAL}})));
}

}  // namespace
}  // namespace telltale::rules
