#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/decimal.hpp>
#include <telltale/payload/number_payload.hpp>

namespace telltale::payload {
namespace {

struct Case {
  std::string_view payload;
  std::string_view expected;  // "value", "value unit", "word=value", or "!fault"
};

std::string read(std::string_view payload, const NumberOptions& options = {}) {
  NumberPayload number;
  const NumberFault fault = parse_number_payload(payload, options, number);
  if (fault != NumberFault::kNone) return "!" + std::string(to_word(fault));
  char digits[40];
  const std::string value(digits, static_cast<std::size_t>(std::snprintf(digits, 40, "%.17g", number.value)));
  if (number.is_state) return std::string(number.word) + "=" + value;
  return number.unit.empty() ? value : value + " " + std::string(number.unit);
}

TEST(NumberPayload, ReadsNumbersUnitsAndStates) {
  const std::vector<Case> cases{{"21.5", "21.5"},
                                {" 21.5\r\n", "21.5"},
                                {"-3", "-3"},
                                {"+3", "3"},
                                {"1e3", "1000"},
                                {".5", "0.5"},
                                {"5.", "5"},
                                {"0", "0"},
                                {"21.5 °C", "21.5 °C"},
                                {"21.5°C", "21.5 °C"},
                                {"45%", "45 %"},
                                {"12 W/m2", "12 W/m2"},
                                {"3 m³", "3 m³"},
                                {"7e", "7 e"},
                                {"2eV", "2 eV"},
                                {"on", "on=1"},
                                {"OFF", "OFF=0"},
                                {" True ", "True=1"},
                                {"closed", "closed=0"},
                                {"", "!empty"},
                                {" \n", "!empty"},
                                {"warm", "!not_a_number"},
                                {"1,5", "!not_a_number"},
                                {"12:30", "!not_a_number"},
                                {"1 2", "!not_a_number"},
                                {"0x1F", "!not_a_number"},
                                {"inf", "!not_a_number"},
                                {"nan", "!not_a_number"},
                                {"-", "!not_a_number"},
                                {"1e999", "!out_of_range"},
                                {"1e-999", "0"},
                                {"--1", "!not_a_number"},
                                {"5 this is no unit", "!not_a_number"},
                                {"5 averylongunitname", "!not_a_number"},
                                {"onn", "!not_a_number"}};
  for (const Case& row : cases) EXPECT_EQ(read(row.payload), row.expected) << row.payload;
}

TEST(NumberPayload, RefusesUnitsAndStatesWhenNotAsked) {
  NumberOptions options;
  options.units = false;
  options.states = false;
  EXPECT_EQ(read("21.5 °C", options), "!not_a_number");
  EXPECT_EQ(read("on", options), "!not_a_number");
  EXPECT_EQ(read("21.5", options), "21.5");
}

TEST(Decimal, KnowsTooSmallFromTooLarge) {
  const std::vector<std::pair<std::string, DecimalFault>> cases{
      {"1e400", DecimalFault::kOutOfRange},
      {"-1e400", DecimalFault::kOutOfRange},
      {"1e-400", DecimalFault::kNone},
      {"1e99999999999999999999", DecimalFault::kOutOfRange},
      {"1e-99999999999999999999", DecimalFault::kNone},
      {std::string(400, '9'), DecimalFault::kOutOfRange},
      {"0." + std::string(400, '0') + "1", DecimalFault::kNone},
      {std::string(400, '1') + "e-400", DecimalFault::kNone},
      {"0." + std::string(400, '0') + "1e401", DecimalFault::kNone},
      {"0." + std::string(400, '0') + "1e900", DecimalFault::kOutOfRange},
      {"", DecimalFault::kMalformed},
      {"1e", DecimalFault::kMalformed},
      {".", DecimalFault::kMalformed},
      {"+", DecimalFault::kMalformed},
      {"1 ", DecimalFault::kMalformed}};
  for (const auto& [text, fault] : cases) {
    double value = 0;
    EXPECT_EQ(parse_decimal(text, value), fault) << text;
  }
}

TEST(NumberPayload, EndsOnAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    NumberPayload number;
    if (parse_number_payload({exact.data(), exact.size()}, {}, number) == NumberFault::kNone) {
      RC_ASSERT(number.unit.size() <= 16U);
    }
  }));
}

}  // namespace
}  // namespace telltale::payload
