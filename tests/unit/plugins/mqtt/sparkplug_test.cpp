#include "plugins/mqtt/presets/sparkplug.h"

#include <cstring>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/plugins/mqtt/preset_bench.h"

namespace telltale::mqtt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Writes what a Sparkplug edge node sends, field by field, as sparkplug_b.proto numbers them.
class Proto {
 public:
  Proto& varint(unsigned field, std::uint64_t value) { return tag(field, 0).raw_varint(value); }
  Proto& text(unsigned field, std::string_view value) {
    tag(field, 2).raw_varint(value.size());
    bytes_ += value;
    return *this;
  }
  Proto& number(unsigned field, double value) {
    char raw[8];
    std::memcpy(raw, &value, 8);
    tag(field, 1).bytes_.append(raw, 8);
    return *this;
  }
  Proto& single(unsigned field, float value) {
    char raw[4];
    std::memcpy(raw, &value, 4);
    tag(field, 5).bytes_.append(raw, 4);
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  Proto& tag(unsigned field, unsigned type) { return raw_varint(field << 3U | type); }
  Proto& raw_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>((value & 0x7fU) | 0x80U);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  std::string bytes_;
};

Proto metric(std::string_view name, std::optional<unsigned> alias, unsigned datatype) {
  Proto made;
  if (!name.empty()) made.text(1, name);
  if (alias) made.varint(2, *alias);
  return made.varint(4, datatype);
}
std::string payload(std::optional<unsigned> seq, const std::vector<Proto>& metrics) {
  Proto made;
  made.varint(1, 1'767'225'600'000);
  for (const Proto& one : metrics) made.text(2, one.bytes());
  if (seq) made.varint(3, *seq);
  return made.bytes();
}
std::string birth(unsigned number = 0) {
  return payload(0, {metric("bdSeq", {}, 4).varint(11, number), metric("temp", 1, 10).number(13, 20.5),
                     metric("level", 2, 1).varint(10, 0xffff'fff6), metric("run", 3, 11).varint(14, 1),
                     metric("Node Control/Rebirth", {}, 11).varint(14, 0)});
}

TEST(MqttSparkplug, LearnsFromABirthAndFollowsAliases) {
  PresetBench bench("sparkplug");
  EXPECT_THAT(bench.filters(), ::testing::Contains("spBv1.0/+/NBIRTH/+"));
  bench.message("spBv1.0/plant/NBIRTH/edge", birth());
  EXPECT_THAT(bench.take(), ElementsAre("plant.edge.temp=20.5", "plant.edge.level=-10", "plant.edge.run=1"));
  EXPECT_EQ(bench.host().last("plant.edge.temp"), std::nullopt);  // taken
  bench.message("spBv1.0/plant/NDATA/edge", payload(1, {Proto().varint(2, 1).number(13, 21)}));
  ASSERT_EQ(bench.host().readings().size(), 1U);
  EXPECT_EQ(bench.host().readings()[0].time, 1'767'225'600'000'000'000);
  bench.message("spBv1.0/plant/NDATA/edge", payload(2, {Proto().varint(2, 2).varint(10, 5)}));
  EXPECT_THAT(bench.take(), ElementsAre("plant.edge.temp=21", "plant.edge.level=5"));
  EXPECT_THAT(bench.outgoing(), IsEmpty());
}

TEST(MqttSparkplug, KnowsDevicesBelowANode) {
  PresetBench bench("sparkplug", {{"group", "plant"}});
  bench.message("spBv1.0/plant/NBIRTH/edge", birth());
  bench.take();
  bench.message("spBv1.0/plant/DBIRTH/edge/press", payload(1, {metric("oil/temp", 9, 9).single(12, 1.5F)}));
  bench.message("spBv1.0/plant/DDATA/edge/press", payload(2, {Proto().varint(2, 9).single(12, 2.5F)}));
  EXPECT_THAT(bench.take(), ElementsAre("plant.edge.press.oil.temp=1.5", "plant.edge.press.oil.temp=2.5"));
  bench.message("spBv1.0/plant/DDEATH/edge/press", payload(3, {}));
  EXPECT_THAT(bench.take(), ElementsAre("plant.edge.press.oil.temp=0!"));
  EXPECT_FALSE(bench.message("spBv1.0/other/NBIRTH/edge", birth()));
}

TEST(MqttSparkplug, SaysBadWhenANodeDies) {
  PresetBench bench("sparkplug");
  bench.message("spBv1.0/g/NBIRTH/e", birth(7));
  bench.take();
  bench.message("spBv1.0/g/NDEATH/e", payload({}, {metric("bdSeq", {}, 4).varint(11, 6)}));
  EXPECT_THAT(bench.take(), IsEmpty()) << "the will of an earlier connection";
  EXPECT_EQ(bench.host().counted("sparkplug.late_death"), 1U);
  bench.message("spBv1.0/g/NDEATH/e", payload({}, {metric("bdSeq", {}, 4).varint(11, 7)}));
  EXPECT_THAT(bench.take(), ElementsAre("g.e.level=0!", "g.e.run=0!", "g.e.temp=0!"));
}

TEST(MqttSparkplug, AsksForABirthThatItMissedButNotForEver) {
  PresetBench bench("sparkplug");
  for (unsigned i = 0; i < 5; ++i) {
    bench.message("spBv1.0/g/NDATA/e", payload(i, {Proto().varint(2, 1).number(13, 21)}));
  }
  const auto asked = bench.outgoing();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].topic, "spBv1.0/g/NCMD/e");
  SparkplugPayload command;
  ASSERT_EQ(read_sparkplug(asked[0].payload, command), SparkplugFault::kNone);
  ASSERT_EQ(command.metrics.size(), 1U);
  EXPECT_EQ(command.metrics[0].name, "Node Control/Rebirth");
  EXPECT_EQ(command.metrics[0].as_number(kSparkplugBoolean), 1);
  bench.host().advance(std::chrono::seconds(11));
  bench.message("spBv1.0/g/NDATA/e", payload(6, {}));
  EXPECT_EQ(bench.outgoing().size(), 1U);
  EXPECT_THAT(bench.take(), IsEmpty());
}

TEST(MqttSparkplug, NoticesAGapInTheSequence) {
  PresetBench bench("sparkplug");
  bench.message("spBv1.0/g/NBIRTH/e", birth());
  for (unsigned i = 1; i < 300; ++i) bench.message("spBv1.0/g/NDATA/e", payload(i % 256, {}));
  EXPECT_EQ(bench.host().counted("sparkplug.sequence_gap"), 0U);
  bench.message("spBv1.0/g/NDATA/e", payload(46, {Proto().varint(2, 1).number(13, 3)}));
  EXPECT_EQ(bench.host().counted("sparkplug.sequence_gap"), 1U);
  EXPECT_EQ(bench.outgoing().size(), 1U);
  EXPECT_EQ(bench.host().latest("g.e.temp"), 3);
  PresetBench quiet("sparkplug", {{"rebirth", "false"}});
  quiet.message("spBv1.0/g/NDATA/e", payload(0, {}));
  EXPECT_THAT(quiet.outgoing(), IsEmpty());
}

TEST(MqttSparkplug, TakesQualityUnitNullAndHistory) {
  PresetBench bench("sparkplug");
  const auto with = [](std::string_view unit, unsigned quality) {
    return Proto()
        .text(1, "engUnit")
        .text(2, Proto().varint(1, 12).text(8, unit).bytes())
        .text(1, "Quality")
        .text(2, Proto().varint(1, 3).varint(3, quality).bytes())
        .bytes();
  };
  bench.message(
      "spBv1.0/g/NBIRTH/e",
      payload(0, {metric("a", {}, 10).text(9, with("bar", 192)).number(13, 1),
                  metric("b", {}, 10).text(9, with("bar", 0)).number(13, 2),
                  metric("c", {}, 10).text(9, with("bar", 500)).number(13, 3), metric("d", {}, 10).varint(7, 1),
                  metric("e", {}, 10).varint(5, 1).number(13, 5), metric("f", {}, 12).text(15, "text"),
                  metric("g", {}, 10).number(13, 0.0 / 0.0), metric("h", {}, 16).text(17, "set")}));
  EXPECT_THAT(bench.take(),
              ElementsAre("g.e.a=1", "g.e.b=0!", "g.e.c=3~", "g.e.d=0!", "g.e.e=5~", "g.e.f='text'", "g.e.g=0!"));
  EXPECT_EQ(bench.host().series("g.e.a")->unit, "bar");
  EXPECT_EQ(bench.host().counted("sparkplug.not_a_reading"), 1U);
  EXPECT_THAT(bench.host().faults(), IsEmpty());
}

TEST(MqttSparkplug, CountsHostilePayloads) {
  PresetBench bench("sparkplug");
  const std::string good = birth();
  for (std::size_t cut = 1; cut < good.size(); ++cut) bench.message("spBv1.0/g/NBIRTH/e", good.substr(0, cut));
  bench.message("spBv1.0/g/NBIRTH/e", std::string(2'000'000, 'x'));
  std::string many;
  for (std::size_t i = 0; i <= kMaxSparkplugMetrics; ++i) many += std::string("\x12\x00", 2);
  bench.message("spBv1.0/g/NBIRTH/e", many);
  bench.message("spBv1.0/g/NBIRTH/e", payload(0, {metric("\xff", {}, 10).number(13, 1)}));
  EXPECT_EQ(bench.host().counted("payload.too_large"), 1U);
  EXPECT_EQ(bench.host().counted("payload.too_many_values"), 1U);
  EXPECT_EQ(bench.host().counted("payload.not_utf8"), 1U);
  EXPECT_GT(bench.host().counted("payload.not_protobuf"), good.size() / 2);
  EXPECT_THAT(bench.host().faults(), IsEmpty());
  for (std::size_t i = 0; i < Sparkplug::kMaxNodes + 5; ++i) {
    bench.message("spBv1.0/g/NDATA/n" + std::to_string(i), payload(0, {}));
  }
  EXPECT_GE(bench.host().counted("sparkplug.over_limit"), 5U);
}

TEST(MqttSparkplug, ReadsAnyBytesWithoutACrash) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    SparkplugPayload read;
    (void)read_sparkplug(bytes, read);
  }));
}

}  // namespace
}  // namespace telltale::mqtt
