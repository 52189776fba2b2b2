#include "daemon/host/control_message.h"

#include <bit>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/host.h>
#include <telltale/plugin.h>

#include "daemon/host/json_codec.h"

namespace telltale::host {
namespace {

core::OptionValue number(const std::string& name, double value) {
  core::OptionValue option;
  option.name = name;
  option.type = TELLTALE_VALUE_FLOAT;
  option.number = value;
  return option;
}

// Without the length in front.
std::string body(const core::Result<std::string>& frame) { return frame->substr(4); }

TEST(ControlMessage, CrossesAsItIs) {
  core::OptionValue options;
  options.type = TELLTALE_VALUE_SECTION;
  options.children = {number("factor", 0.1)};
  const DaemonMessage from_daemon[] = {StartMessage{"plc", "/usr/lib/x.so", options}, StopMessage{}};
  for (const DaemonMessage& message : from_daemon) {
    EXPECT_EQ(decode_daemon_message(body(encode(message))).value(), message);
  }
  const ChildMessage from_child[] = {
      ReadyMessage{1'000'000'000},
      LogMessage{TELLTALE_LOG_WARNING, "the \"bus\" is slow"},
      HealthMessage{TELLTALE_HEALTH_FAILING, "no answer"},
      CountersMessage{{{"payload.rejected", 7}, {"huge", UINT64_MAX}}},
      RefusedMessage{{{"payload.not_json", 7}, {"huge", UINT64_MAX}},
                     5'000'000'000,
                     "payload.not_json",
                     "plant/a",
                     "at byte 3",
                     R"(<script>\\x00 and \x00)",
                     1'048'576},
      FailedMessage{true, "the port is missing"},
  };
  for (const ChildMessage& message : from_child) {
    EXPECT_EQ(decode_child_message(body(encode(message))).value(), message);
  }
}

TEST(ControlMessage, CarriesNumbersBitForBit) {
  EXPECT_TRUE(rc::check([](double value) {
    const core::OptionValue option = number("x", value);
    const auto back = option_from_json(option_to_json(option));
    RC_ASSERT(back.has_value());
    RC_ASSERT(std::bit_cast<std::uint64_t>(back->number) == std::bit_cast<std::uint64_t>(value));
  }));
}

TEST(ControlMessage, MakesSafeWhatAChildSays) {
  const auto log = decode_child_message(R"({"op":"log","severity":-9,"text":"a\nb\u001b[31m"})");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(std::get<LogMessage>(*log).severity, TELLTALE_LOG_ERROR);
  EXPECT_EQ(std::get<LogMessage>(*log).text, "a\\nb\\x1b[31m");
  const auto longer = decode_child_message(R"({"op":"log","severity":6,"text":")" + std::string(9'000, 'x') + "\"}");
  EXPECT_EQ(std::get<LogMessage>(*longer).text.size(), kMaxLogBytes);
  std::string many = R"({"op":"counters","totals":{"a":-5)";
  for (int i = 0; i < 500; ++i) many += ",\"n" + std::to_string(i) + "\":1";
  const auto counters = decode_child_message(many + "}}");
  EXPECT_EQ(std::get<CountersMessage>(*counters).totals.size(), kMaxCounters);
  EXPECT_EQ(std::get<CountersMessage>(*counters).totals.at("a"), 0U);
}

TEST(ControlMessage, BoundsWhatAChildSaysOfRefusedPayloads) {
  std::string many = R"({"op":"refused","at":"x","bytes":-1,"reason":"a\nb","source":7,"payload":"\u001b[31m)" +
                     std::string(9'000, 'x') + R"(","reasons":{"a":-5)";
  for (int i = 0; i < 500; ++i) many += ",\"n" + std::to_string(i) + "\":1";
  const auto message = decode_child_message(many + "}}");
  ASSERT_TRUE(message.has_value());
  const auto& refused = std::get<RefusedMessage>(*message);
  EXPECT_EQ(refused.reasons.size(), kMaxRefusalReasons + 1);
  EXPECT_EQ(refused.reasons.at("a"), 0U);
  EXPECT_EQ(refused.at, 0);
  EXPECT_EQ(refused.bytes, 0U);
  EXPECT_EQ(refused.reason, "a\\nb");
  EXPECT_EQ(refused.source, "");
  EXPECT_EQ(refused.payload.size(), kMaxRefusedTextBytes);
  EXPECT_TRUE(refused.payload.starts_with("\\x1b[31mxxx"));
}

TEST(ControlMessage, ShowsAnyBytesInOneLine) {
  struct Row {
    std::string_view bytes;
    std::string_view shown;
  };
  const Row rows[] = {
      {"21.5 °C", "21.5 °C"},
      {"<script>alert(1)</script>", "<script>alert(1)</script>"},
      {std::string_view("a\0b\x1b[2J\r\n\t", 10), "a\\x00b\\x1b[2J\\r\\n\\t"},
      {"\xff\xc3(", "\\xff\\xc3("},
      {R"(\x00)", R"(\\x00)"},
      {"a\xe2\x80\xae"
       "b",
       "a\\u202eb"},
      {"", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(shown_bytes(row.bytes, 512), row.shown);
  EXPECT_EQ(shown_bytes("abcdef", 3), "abc…");
  EXPECT_EQ(shown_bytes("ab°", 3), "ab…") << "no half character";
  const std::string zeros(512, '\0');
  EXPECT_LE(shown_bytes(zeros, 512).size(), kMaxRefusedTextBytes);
  EXPECT_TRUE(shown_bytes(zeros, 512).ends_with("…"));
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string shown = shown_bytes(bytes, 512);
    RC_ASSERT(shown.size() <= kMaxRefusedTextBytes);
    RC_ASSERT(one_line(shown, kMaxRefusedTextBytes) == shown);
  }));
}

TEST(ControlMessage, RefusesWhatMakesNoSense) {
  for (const char* text : {"", "{", "[]", "1", "{}", R"({"op":"dance"})", R"({"op":7})", R"({"op":"start"})",
                           R"({"op":"start","options":[]})", R"({"op":"start","options":{"type":99}})",
                           R"({"op":"start","options":{"type":6,"children":[{"type":"x"}]}})",
                           R"({"op":"start","options":{"type":3,"number":"1e"}})"}) {
    EXPECT_FALSE(decode_daemon_message(text).has_value()) << text;
    EXPECT_FALSE(decode_child_message(text).has_value()) << text;
  }
  std::string deep = R"({"op":"start","options":)";
  for (int i = 0; i < 200; ++i) deep += R"({"type":6,"children":[)";
  EXPECT_FALSE(decode_daemon_message(deep).has_value());
}

TEST(ControlMessage, SurvivesAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    static_cast<void>(decode_daemon_message(text));
    static_cast<void>(decode_child_message(text));
  }));
}

TEST(ControlMessage, IsCutOutOfAStreamWhateverItsPieces) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& texts, std::size_t piece) {
    std::string stream;
    for (const std::string& text : texts) stream += *encode(ChildMessage(FailedMessage{false, text}));
    MessageSplitter splitter;
    std::vector<std::string> got;
    const std::size_t step = piece % 50 + 1;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      splitter.append(std::string_view(stream).substr(at, step));
      for (auto next = splitter.next(); next.has_value() && next->has_value(); next = splitter.next())
        got.push_back(**next);
    }
    RC_ASSERT(got.size() == texts.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      RC_ASSERT(std::get<FailedMessage>(*decode_child_message(got[i])).reason == one_line(texts[i], kMaxReasonBytes));
    }
  }));
}

TEST(ControlMessage, HasAnEnd) {
  MessageSplitter splitter;
  splitter.append(std::string("\xff\xff\xff\x7f", 4));
  EXPECT_FALSE(splitter.next().has_value());
  EXPECT_EQ(encode(DaemonMessage(StartMessage{"x", std::string(kMaxMessageBytes, 'x'), {}})).error().code,
            core::ErrorCode::kLimit);
}

TEST(JsonCodec, ReadsADescriptionBack) {
  core::PluginDescription plugin{
      "modbus", "1.2.3", "Reads \"things\".", "/x/modbus.so", 1, 0, TELLTALE_NEEDS_NETWORK, {"telltale.poll/1"}, {}};
  core::OptionSpec inner;
  inner.name = "unit";
  inner.help = "Unit id.";
  inner.type = TELLTALE_OPTION_INT;
  inner.minimum = 1;
  inner.maximum = 247;
  inner.flags = TELLTALE_OPTION_REQUIRED;
  core::OptionSpec outer;
  outer.name = "devices";
  outer.help = "Units on the line.";
  outer.type = TELLTALE_OPTION_SECTION;
  outer.flags = TELLTALE_OPTION_LIST;
  outer.children = {inner};
  core::OptionSpec choice;
  choice.name = "parity";
  choice.help = "Parity.";
  choice.type = TELLTALE_OPTION_TEXT;
  choice.choices = {"none", "even"};
  choice.default_text = "none";
  choice.unit = "°C";
  plugin.options = {outer, choice};
  const auto back = decode_description(encode_description(plugin));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(encode_description(*back), encode_description(plugin));
  EXPECT_EQ(back->options[0].children[0].maximum, 247);
  EXPECT_GT(back->options[1].minimum, back->options[1].maximum) << "no range stays no range";
  EXPECT_EQ(back->options[1].choices, choice.choices);
}

TEST(JsonCodec, SurvivesAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& text) { static_cast<void>(decode_description(text)); }));
  EXPECT_EQ(decode_description(R"({"error":"has no entry"})").error().message, "has no entry");
  EXPECT_FALSE(decode_description(R"({"name":"x"})").has_value());
}

}  // namespace
}  // namespace telltale::host
