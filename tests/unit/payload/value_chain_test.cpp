#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/field_template.hpp>
#include <telltale/payload/time_format.hpp>
#include <telltale/payload/value_chain.hpp>

namespace telltale::payload {
namespace {

Calibration calibration(const std::vector<std::string>& points) {
  auto made = Calibration::parse(points);
  if (const auto* reason = std::get_if<std::string>(&made)) throw std::invalid_argument(*reason);
  return std::get<Calibration>(made);
}

TEST(Calibration, DrawsStraightLines) {
  const Calibration curve = calibration({"20 = 100", "4=0", "12=40"});
  const std::vector<std::pair<double, double>> cases{{4, 0},    {8, 20},  {12, 40}, {16, 70},
                                                     {20, 100}, {0, -20}, {24, 130}};
  for (const auto& [raw, value] : cases) EXPECT_DOUBLE_EQ(curve.apply(raw), value) << raw;
  EXPECT_EQ(Calibration().apply(7), 7);
}

TEST(Calibration, RefusesWhatIsNone) {
  for (const std::vector<std::string>& points :
       {std::vector<std::string>{}, {"1=1"}, {"1=1", "1=2"}, {"1=1", "x=2"}, {"1=1", "2"}, {"1=1", "2=nan"}}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(Calibration::parse(points)));
  }
}

TEST(Calibration, PassesThroughItsPointsAndStaysBetweenThem) {
  EXPECT_TRUE(rc::check([](std::int16_t a, std::int16_t b, std::int16_t x, std::int16_t y) {
    RC_PRE(a < b);
    const Calibration curve =
        calibration({std::to_string(a) + "=" + std::to_string(x), std::to_string(b) + "=" + std::to_string(y)});
    RC_ASSERT(curve.apply(a) == x);
    RC_ASSERT(curve.apply(b) == y);
    const double between = curve.apply((a + b) / 2.0);
    RC_ASSERT(between >= std::min(x, y) - 1e-9);
    RC_ASSERT(between <= std::max(x, y) + 1e-9);
  }));
}

TEST(ValueChain, ScalesChecksAndQuiets) {
  ValueRule rule;
  rule.scale = 0.5;
  rule.offset = 10;
  rule.minimum = 0;
  rule.maximum = 100;
  rule.deadband = 1;
  rule.deadband_every = 1'000;
  struct Step {
    double raw;
    std::int64_t now;
    ValueVerdict verdict;
    double value;
  };
  const std::vector<Step> steps{{20, 0, ValueVerdict::kPublish, 20},         {22, 1, ValueVerdict::kUnchanged, 21},
                                {22.1, 2, ValueVerdict::kPublish, 21.05},    {20.2, 3, ValueVerdict::kUnchanged, 20.1},
                                {20.2, 1'002, ValueVerdict::kPublish, 20.1}, {400, 1'003, ValueVerdict::kOutOfRange, 0},
                                {20.2, 1'004, ValueVerdict::kPublish, 20.1}, {-21, 1'005, ValueVerdict::kOutOfRange, 0},
                                {1e308, 1'006, ValueVerdict::kOutOfRange, 0}};
  ValueState state;
  for (const Step& step : steps) {
    double value = 0;
    EXPECT_EQ(apply(rule, step.raw, step.now, state, value), step.verdict) << step.raw << " at " << step.now;
    EXPECT_DOUBLE_EQ(value, step.value) << step.raw << " at " << step.now;
  }
  rule = {};
  rule.scale = 1e10;
  double value = 0;
  EXPECT_EQ(apply(rule, 1e308, 0, state, value), ValueVerdict::kNotFinite);
}

TEST(FieldTemplate, ExpandsWhatIsThere) {
  const auto lookup = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "field") return "t";
    return name == "empty" ? std::optional<std::string_view>("") : std::nullopt;
  };
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{field}", "t"}, {"a.{field}.{none}", "a.t._"}, {"{{x}}", "{x}"}, {"x{empty}y", "xy"}, {"plain", "plain"}};
  for (const auto& [text, expected] : cases) {
    const auto made = FieldTemplate::parse(text);
    ASSERT_TRUE(std::holds_alternative<FieldTemplate>(made)) << text;
    std::string expanded;
    std::get<FieldTemplate>(made).expand(lookup, expanded);
    EXPECT_EQ(expanded, expected);
  }
  for (const std::string text : {"", "{", "}", "{}", "a{b", "a}b", "{a{b}}"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(FieldTemplate::parse(text))) << text;
  }
}

TEST(TimeFormat, ReadsWhatDevicesPrint) {
  struct Case {
    std::string_view text;
    std::string_view format;
    std::int64_t offset;
    std::optional<std::int64_t> expected;  // ms
  };
  const std::vector<Case> cases{{"24.11.2026 19:30:00", "%d.%m.%Y %H:%M:%S", 0, 1'795'548'600'000},
                                {"24.11.2026 19:30:00", "%d.%m.%Y %H:%M:%S", 3'600, 1'795'545'000'000},
                                {"241126193000.250", "%d%m%y%H%M%S%f", 0, 1'795'548'600'250},
                                {"Nov 24 2026 7:30:00 pm", "%b %d %Y %I:%M:%S %p", 0, 1'795'548'600'000},
                                {"12:00:00 am", "%I:%M:%S %p", 0, 0},
                                {"2026-328 19:30", "%Y-%j %H:%M", 0, 1'795'548'600'000},
                                {"2026-11-24T19:30:00+01:00", "%Y-%m-%dT%H:%M:%S%z", 0, 1'795'545'000'000},
                                {"1795548600", "%s", 0, 1'795'548'600'000},
                                {"31.02.2026", "%d.%m.%Y", 0, std::nullopt},
                                {"24.11.2026x", "%d.%m.%Y", 0, std::nullopt},
                                {"24.13.2026", "%d.%m.%Y", 0, std::nullopt},
                                {"25:00", "%H:%M", 0, std::nullopt},
                                {"", "%H", 0, std::nullopt},
                                {"99999999999999999999", "%s", 0, std::nullopt},
                                {"9223372036854775807", "%s", 0, std::nullopt}};
  for (const Case& row : cases) {
    const auto time = parse_time(row.text, row.format, row.offset);
    EXPECT_EQ(time, row.expected ? std::optional(*row.expected * 1'000'000) : std::nullopt) << row.text;
    EXPECT_EQ(problem_of_time_format(row.format), "");
  }
  for (const std::string_view format : {"", "%", "%Q", "a%"}) EXPECT_NE(problem_of_time_format(format), "");
  EXPECT_EQ(parse_utc_offset("-05:30"), -19'800);
  EXPECT_EQ(parse_utc_offset("+1"), std::nullopt);
}

TEST(TimeFormat, EndsOnAnyText) {
  EXPECT_TRUE(rc::check([](const std::string& text, const std::string& format) {
    (void)parse_time(text, format, 0);
    (void)parse_time(text, "%d.%m.%Y %H:%M:%S%f %z", 0);
    (void)problem_of_time_format(format);
  }));
}

}  // namespace
}  // namespace telltale::payload
