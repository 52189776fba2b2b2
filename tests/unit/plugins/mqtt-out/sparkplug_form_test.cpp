#include "plugins/mqtt-out/sparkplug_form.h"

#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plugins/mqtt/presets/sparkplug_payload.h"
#include "tests/support/outgoing.h"
#include "tests/support/protobuf_reader.h"

namespace telltale::mqtt_out {
namespace {

using mqtt::SparkplugFault;
using mqtt::SparkplugMetric;
using mqtt::SparkplugPayload;
using std::chrono::seconds;
using test::Outgoing;
using test::ProtobufReader;

constexpr std::int64_t kMs = 1'000'000;

SparkplugForm node() { return SparkplugForm({"hall", "press", "machine"}); }

SparkplugPayload read(const mqtt::Outgoing& message) {
  SparkplugPayload payload;
  EXPECT_EQ(mqtt::read_sparkplug(message.payload, payload), SparkplugFault::kNone);
  EXPECT_FALSE(message.retain);
  return payload;
}

const SparkplugMetric* find(const SparkplugPayload& payload, std::string_view name) {
  for (const SparkplugMetric& metric : payload.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

std::vector<std::string> topics(const Messages& messages) {
  std::vector<std::string> all;
  for (const auto& message : messages) all.push_back(message.topic);
  return all;
}

TEST(SparkplugNode, SaysWhatIsNewInABirthBeforeItsData) {
  SparkplugForm form = node();
  EXPECT_EQ(topics(form.hello()), std::vector<std::string>{"spBv1.0/hall/NBIRTH/press"});
  Outgoing out;
  out.add(out.series("oil.temp", TELLTALE_KIND_GAUGE, {{"line", "a"}}, "°C"), 5 * kMs, 1.5);
  const Messages first = form.readings(OutgoingBatch(out.batch()));
  ASSERT_EQ(topics(first), (std::vector<std::string>{"spBv1.0/hall/NBIRTH/press", "spBv1.0/hall/NDATA/press"}));
  const SparkplugPayload birth = read(first[0]);
  const SparkplugMetric* metric = find(birth, "oil/temp{line=\"a\"}");
  ASSERT_NE(metric, nullptr);
  EXPECT_EQ(metric->number, 1.5);
  EXPECT_EQ(metric->unit, "°C");
  EXPECT_EQ(metric->quality, 192U);
  EXPECT_EQ(metric->timestamp, 5U);
  EXPECT_EQ(birth.seq, 0U);
  const SparkplugPayload data = read(first[1]);
  EXPECT_EQ(data.seq, 1U);
  ASSERT_EQ(data.metrics.size(), 1U);
  EXPECT_EQ(data.metrics[0].alias, metric->alias);
  EXPECT_TRUE(data.metrics[0].name.empty());
  EXPECT_EQ(topics(form.readings(OutgoingBatch(out.batch()))), std::vector<std::string>{"spBv1.0/hall/NDATA/press"});
}

TEST(SparkplugNode, HasDevicesByALabel) {
  SparkplugForm form = node();
  (void)form.hello();
  Outgoing out;
  out.add(out.series("oil", TELLTALE_KIND_GAUGE, {{"machine", "saw/1"}}), kMs, 1);
  const Messages messages = form.readings(OutgoingBatch(out.batch()));
  EXPECT_EQ(topics(messages),
            (std::vector<std::string>{"spBv1.0/hall/DBIRTH/press/saw_1", "spBv1.0/hall/DDATA/press/saw_1"}));
  EXPECT_NE(find(read(messages[0]), "oil"), nullptr) << "the label is not in the name, too";
  EXPECT_EQ(topics(form.hello()),
            (std::vector<std::string>{"spBv1.0/hall/NBIRTH/press", "spBv1.0/hall/DBIRTH/press/saw_1"}));
}

TEST(SparkplugNode, CountsMessagesFrom0To255AndOn) {
  SparkplugForm form = node();
  (void)form.hello();
  Outgoing out;
  out.add("a", kMs, 1);
  std::uint64_t expected = 1;
  (void)form.readings(OutgoingBatch(out.batch()));
  for (int i = 0; i < 600; ++i) {
    expected = (expected + 1) % 256;
    EXPECT_EQ(read(form.readings(OutgoingBatch(out.batch())).at(0)).seq, expected);
  }
}

TEST(SparkplugNode, DiesByTheNumberOfItsBirth) {
  SparkplugForm form = node();
  std::uint64_t before = 0;
  for (int i = 0; i < 300; ++i) {
    const mqtt::Notice will = form.will();
    EXPECT_EQ(will.topic, "spBv1.0/hall/NDEATH/press");
    SparkplugPayload death;
    ASSERT_EQ(mqtt::read_sparkplug(will.payload, death), SparkplugFault::kNone);
    EXPECT_FALSE(death.seq);
    const std::uint64_t number = death.metrics.at(0).integer;
    const Messages birth = form.hello();
    EXPECT_EQ(find(read(birth.at(0)), "bdSeq")->integer, number);
    EXPECT_EQ(read(form.goodbye().at(0)).metrics.at(0).integer, number);
    if (i > 0) {
      EXPECT_EQ(number, (before + 1) % 256);
    }
    before = number;
  }
}

TEST(SparkplugNode, SaysWhatIsOfThePastAndWhatIsGone) {
  SparkplugForm form = node();
  (void)form.hello();
  Outgoing out;
  out.add("a", 2 * kMs, 2);
  (void)form.readings(OutgoingBatch(out.batch()));
  out.clear();
  out.add("a", 1 * kMs, 1).add(out.series("a"), 3 * kMs, 0, TELLTALE_QUALITY_BAD);
  const SparkplugPayload data = read(form.readings(OutgoingBatch(out.batch(false))).at(0));
  ASSERT_EQ(data.metrics.size(), 2U);
  EXPECT_TRUE(data.metrics[0].is_historical && data.metrics[1].is_historical);
  EXPECT_TRUE(data.metrics[1].is_null);
  EXPECT_EQ(data.metrics[1].quality, 0U);
  EXPECT_TRUE(find(read(form.hello().at(0)), "a")->is_null) << "a birth says the latest";
}

TEST(SparkplugNode, IsBornAgainWhenAskedAtMostOnceASecond) {
  SparkplugForm form = node();
  (void)form.hello();
  EXPECT_TRUE(form.tick(seconds(1)).empty());
  const std::string command = mqtt::rebirth_command(1);
  (void)form.take("spBv1.0/hall/NCMD/press", command, true);
  EXPECT_TRUE(form.tick(seconds(1)).empty()) << "a retained command is of the past";
  (void)form.take("spBv1.0/hall/NCMD/press", "no protobuf", false);
  (void)form.take("spBv1.0/hall/NCMD/press", command, false);
  EXPECT_EQ(form.tick(seconds(2)).size(), 1U);
  (void)form.take("spBv1.0/hall/NCMD/press", command, false);
  EXPECT_TRUE(form.tick(seconds(2)).empty());
  EXPECT_EQ(form.tick(seconds(3)).size(), 1U);
  EXPECT_TRUE(form.tick(seconds(9)).empty());
}

TEST(SparkplugNode, SaysWhatEachCommandWasAndAFloodIsOneBirthASecond) {
  SparkplugForm form = node();
  (void)form.hello();
  const std::string command = mqtt::rebirth_command(1);
  EXPECT_EQ(form.take("t", command, true), "commands.retained");
  EXPECT_EQ(form.take("t", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", false), "commands.malformed");
  EXPECT_EQ(form.take("t", std::string_view(command).substr(0, command.size() - 1), false), "commands.malformed");
  EXPECT_EQ(form.take("t", "", false), "commands.unknown");
  EXPECT_TRUE(form.tick(seconds(10)).empty());
  std::size_t births = 0;
  for (int i = 0; i < 5'000; ++i) {
    EXPECT_EQ(form.take("t", command, false), "commands.rebirth");
    births += form.tick(seconds(10) + std::chrono::milliseconds(i)).size();
  }
  EXPECT_EQ(births, 5U) << "5 s of commands";
}

RC_GTEST_PROP(SparkplugNodeProperty, TakesAnyBytesAsACommand, (const std::string& bytes)) {
  SparkplugForm form = node();
  RC_ASSERT(form.take("t", bytes, false).starts_with("commands."));
}

// By a reader that shares nothing with the writer: field numbers of sparkplug_b.proto.
RC_GTEST_PROP(SparkplugWriter, CarriesEveryNumberAndText,
              (std::uint64_t bits, const std::string& name, std::int64_t time, std::uint64_t alias, std::uint8_t seq)) {
  double number = 0;
  std::memcpy(&number, &bits, sizeof number);
  SparkplugWriter writer(time);
  writer.add({.name = name, .alias = alias, .time = time, .number = number, .unit = name, .quality = 192});
  writer.add({.time = time, .type = DataType::kString, .text = name});
  const std::string bytes = writer.take(seq);
  std::map<std::uint32_t, std::vector<test::ProtobufField>> payload;
  for (auto& field : ProtobufReader::read(bytes)) payload[field.number].push_back(field);
  RC_ASSERT(payload[1].at(0).integer == static_cast<std::uint64_t>(time));
  RC_ASSERT(payload[3].at(0).integer == seq);
  RC_ASSERT(payload[2].size() == 2U);
  std::map<std::uint32_t, test::ProtobufField> metric;
  for (auto& field : ProtobufReader::read(payload[2][0].bytes)) metric[field.number] = field;
  RC_ASSERT(metric[1].bytes == name);
  RC_ASSERT(metric[2].integer == alias);
  RC_ASSERT(metric[4].integer == 10U);
  RC_ASSERT(metric[13].type == 1U);
  RC_ASSERT(metric[13].integer == bits);
  metric.clear();
  for (auto& field : ProtobufReader::read(payload[2][1].bytes)) metric[field.number] = field;
  RC_ASSERT(metric[15].bytes == name);
  RC_ASSERT(metric.count(7) == 0U);
}

}  // namespace
}  // namespace telltale::mqtt_out
