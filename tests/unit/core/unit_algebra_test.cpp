#include "daemon/core/unit_algebra.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::core {
namespace {

using testing::HasSubstr;

const std::map<std::string, std::string> kUnits = {
    {"volts", "V"}, {"amps", "A"},   {"power", "kW"}, {"t", "°C"},      {"f", "°F"},      {"h", "%"},
    {"mass", "kg"}, {"odd", "Grad"}, {"r", "Ω"},      {"flow", "m³/h"}, {"meter", "kWh"}, {"current", "mA"}};

std::string mistake_of(const std::string& text, const std::string& declared) {
  const auto outcome = parse_expression(text);
  if (!outcome.expression) return "PARSE " + outcome.mistakes.front().message;
  const auto unit_of = [&](std::size_t reference) {
    const auto found = kUnits.find(outcome.expression->references[reference].selector.text());
    return found == kUnits.end() ? std::string() : found->second;
  };
  const auto mistakes = check_units(*outcome.expression, unit_of, declared);
  return mistakes.empty() ? "" : std::to_string(mistakes[0].at) + ": " + mistakes[0].message;
}

TEST(UnitAlgebra, BelievesWhatGoesTogether) {
  const std::pair<const char*, const char*> cases[] = {
      {"volts * amps", "W"},
      {"volts * amps / 1000", "kW"},
      {"t + 273.15", "K"},
      {"dew_point(t, h)", "°C"},
      {"odd + t", "°C"},
      {"t > 80 && h > 20", ""},
      {"energy(power)", "kWh"},
      {"energy(volts * amps)", ""},
      {"absolute_humidity(t, h)", "g/m³"},
      {"pt100(r)", "°C"},
      {"least(t, t)", "°C"},
      {"power * 2", "W"},
      {"flow * 1000 / 3600", "l/s"},
      {"meter / power", "h"},
      {"(f - 32) / 1.8", "°C"},
      {"volts ^ 2 / r", "W"},
      {"unknown + volts", "V"},
  };
  for (const auto& [text, unit] : cases) {
    EXPECT_EQ(mistake_of(text, unit), "") << text;
  }
}

TEST(UnitAlgebra, NamesWhatDoesNot) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"t + volts", "", "4: t is in °C and volts in V: they cannot be added"},
      {"volts * amps", "°C", "0: the expression gives V·A, and 'unit' says °C"},
      {"volts * amps", "kW", "multiply by 0.001"},
      {"t > volts", "", "cannot be compared"},
      {"t - f", "", "cannot be subtracted; multiply one by the factor"},
      {"dew_point(h, t)", "", "10: dew_point() takes °C here, and h is in %"},
      {"power > 1 ? t : volts", "", "cannot be alternatives"},
      {"least(t, h, volts)", "", "cannot be compared"},
      {"energy(t)", "", "energy() takes W here"},
      {"meter / flow", "kg", "'unit' says kg"},
      {"loop(volts, 0, 10)", "", "loop() takes mA"},
  };
  for (const auto& [text, unit, says] : cases) EXPECT_THAT(mistake_of(text, unit), HasSubstr(says)) << text;
}

TEST(UnitAlgebra, ReadsUnitsOfSeveralParts) {
  EXPECT_TRUE(parse_unit("m³/h")->same_kind(*parse_unit("l/s")));
  EXPECT_NEAR(parse_unit("l/s")->factor / parse_unit("m³/h")->factor, 3.6, 1e-9);
  EXPECT_TRUE(parse_unit("V·A")->same_kind(*parse_unit("W")));
  EXPECT_FALSE(parse_unit("pieces").has_value());
  EXPECT_FALSE(parse_unit("m/").has_value());
  EXPECT_FALSE(parse_unit("").has_value());
}

}  // namespace
}  // namespace telltale::core
