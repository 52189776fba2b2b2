#include "plugins/mqtt/presets/value_template.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace telltale::mqtt {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kJson =
    R"({"temp":21.456,"on":true,"mode":"Heat","text":"12.5","neg":-3,"list":[1,2],"a":{"b c":{"d":7}},"zero":0})";

std::string answer(std::string_view text, std::string_view payload = kJson) {
  auto parsed = ValueTemplate::parse(text);
  if (const auto* reason = std::get_if<std::string>(&parsed)) return "refused: " + *reason;
  payload::JsonDecoder decoder;
  payload::JsonSelection all;
  all.texts = payload::JsonTexts::kKeep;
  TemplateInput input{payload};
  if (decoder.decode(payload, all) == payload::JsonFault::kNone) input.value_json = decoder.leaves();
  const TemplateValue value = std::get<ValueTemplate>(parsed).evaluate(input);
  if (const auto* number = std::get_if<double>(&value)) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.12g", *number);
    return digits;
  }
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* word = std::get_if<std::string>(&value)) return "'" + *word + "'";
  return "undefined";
}

TEST(MqttTemplate, AnswersAsHomeAssistantDoes) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{{ value_json.temp }}", "21.456"},
      {"{{value_json.temp}}", "21.456"},
      {"{{- value_json.temp -}}", "21.456"},
      {"{{ value_json['temp'] }}", "21.456"},
      {"{{ value_json[\"temp\"] }}", "21.456"},
      {"{{ value_json.temp | round(1) }}", "21.5"},
      {"{{ value_json.temp | float | round(0) }}", "21"},
      {"{{ value_json.temp|float|round(2) }}", "21.46"},
      {"{{ value_json.temp | int }}", "21"},
      {"{{ value_json.text | float }}", "12.5"},
      {"{{ value_json.text | float(0) + 1 }}", "13.5"},
      {"{{ float(value_json.text, 0) }}", "12.5"},
      {"{{ value_json.mode | float(5) }}", "5"},
      {"{{ value_json.mode | float }}", "undefined"},
      {"{{ value_json.a['b c'].d }}", "7"},
      {"{{ value_json.list[1] }}", "2"},
      {"{{ value_json.get('temp') }}", "21.456"},
      {"{{ value_json.get('none', 4) }}", "4"},
      {"{{ value_json.nothing }}", "undefined"},
      {"{{ value_json.nothing | is_defined }}", "undefined"},
      {"{{ value_json.nothing | default(3) }}", "3"},
      {"{{ value_json.nothing | default('off') }}", "'off'"},
      {"{{ value_json.temp is defined }}", "true"},
      {"{{ value_json.nothing is not defined }}", "true"},
      {"{{ (value_json.temp * 10) | int / 10 }}", "21.4"},
      {"{{ value_json.neg | abs }}", "3"},
      {"{{ -value_json.neg }}", "3"},
      {"{{ value_json.neg % 2 }}", "1"},
      {"{{ 7 / 2 - 1 }}", "2.5"},
      {"{{ 2 + 3 * 4 }}", "14"},
      {"{{ value_json.zero / value_json.zero }}", "undefined"},
      {"{{ 'ON' if value_json.on else 'OFF' }}", "'ON'"},
      {"{{ 'ON' if value_json.temp > 30 else 'OFF' }}", "'OFF'"},
      {"{{ value_json.mode == 'Heat' }}", "true"},
      {"{{ value_json.mode | lower }}", "'heat'"},
      {"{{ value_json.mode | upper }}", "'HEAT'"},
      {"{{ not value_json.on }}", "false"},
      {"{{ value_json.on and value_json.temp >= 21 }}", "true"},
      {"{{ value_json.zero or 9 }}", "9"},
      {"{{ iif(value_json.on, 1, 0) }}", "1"},
      {"{% if value_json.on %}ON{% else %}OFF{% endif %}", "'ON'"},
      {"{% if value_json.temp > 30 %}hot{% elif value_json.temp > 20 %}warm{% else %}cold{% endif %}", "'warm'"},
      {"{%- if value_json.on -%} {{ value_json.temp | round(0) }} {%- endif -%}", "21"},
      {"{{ 'a' + 'b' }}", "'ab'"},
      {"{{ 1.5 | round }}", "2"},
      {"{{ 2.5 | round }}", "2"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(answer(text), expected) << text;
  EXPECT_EQ(answer("{{ value | float / 10 }}", "215"), "21.5");
  EXPECT_EQ(answer("{{ value }}", "open"), "'open'");
}

TEST(MqttTemplate, RefusesWhatItDoesNotKnow) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "begins with"},
      {"21", "begins with"},
      {"{{ value_json.temp", "'}}' is missing"},
      {"{{ value_json. }}", "a name is missing"},
      {"{{ states('sensor.x') }}", "'states' is not supported"},
      {"{{ value_json.x | regex_replace('a') }}", "the filter 'regex_replace'"},
      {"{% for a in b %}{% endfor %}", "only 'if'"},
      {"{{ 'a }}", "no end"},
      {"{{ value }} °C", "text beside"},
      {"{{ value_json.x is odd }}", "only 'defined'"},
      {"{% if value %}x", "endif"}};
  for (const auto& [text, reason] : cases) EXPECT_THAT(answer(text), HasSubstr(reason)) << text;
  EXPECT_THAT(answer("{{ " + std::string(200, '(') + "1 }}"), HasSubstr("nested too deeply"));
  EXPECT_THAT(answer("{{ " + std::string(200, '-') + "1 }}"), HasSubstr("nested too deeply"));
  std::string many = "{{ 1";
  for (int i = 0; i < 200; ++i) many += " + 1";
  EXPECT_THAT(answer(many + " }}"), HasSubstr("too long"));
  EXPECT_THAT(answer("{{ " + std::string(3'000, ' ') + "1 }}"), HasSubstr("longer than"));
}

TEST(MqttTemplate, NeverCrashesAndIsAlwaysFinite) {
  EXPECT_TRUE(rc::check([] {
    const auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
        "{{",       "}}", "{%",   "%}",    "value", "value_json", ".a",  "['b']", "|",     "float",
        "round(2)", "if", "else", "endif", "(",     ")",          "1",   "0",     "1e308", "*",
        "/",        "+",  "-",    "==",    ">",     "not",        "and", "'x'",   " "}));
    std::string text = "{{ ";
    for (const std::string& word : words) text += word + " ";
    const std::string found = answer(text + "}}");
    RC_ASSERT(found.find("inf") == std::string::npos && found.find("nan") == std::string::npos);
  }));
}

}  // namespace
}  // namespace telltale::mqtt
