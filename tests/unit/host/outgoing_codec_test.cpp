#include "daemon/host/outgoing_codec.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <telltale/cpp/text.hpp>

namespace telltale::host {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

core::SeriesPtr series(std::string name, core::SeriesKind kind) {
  auto made = std::make_shared<core::SeriesInfo>();
  made->declaration.key.name = std::move(name);
  made->declaration.kind = kind;
  return made;
}

core::OutgoingReading reading(std::uint32_t of, double value, core::Quality quality, std::string text = {}) {
  return {of, core::WallTime(core::Duration(5)), value, quality, std::move(text)};
}

core::OutgoingBatch batch() {
  core::OutgoingBatch made;
  made.series = {series("g", core::SeriesKind::kGauge), series("e", core::SeriesKind::kEvent),
                 series("s", core::SeriesKind::kState)};
  made.cursor = 7;
  made.live = true;
  return made;
}

TEST(AbiBatch, AnEventKeepsItsQualityThoughItHasNoNumber) {
  struct Case {
    std::uint32_t series;
    double value;
    core::Quality quality;
    const char* text;
    double expected;
    std::uint32_t expected_quality;
  };
  const Case cases[] = {
      {1, kNone, core::Quality::kGood, "began", 0, TELLTALE_QUALITY_GOOD},
      {1, kNone, core::Quality::kUncertain, "began", 0, TELLTALE_QUALITY_UNCERTAIN},
      {1, 3, core::Quality::kStale, "began", 0, TELLTALE_QUALITY_STALE},
      {1, kNone, core::Quality::kBad, "", 0, TELLTALE_QUALITY_BAD},
      {0, 3, core::Quality::kUncertain, "", 3, TELLTALE_QUALITY_UNCERTAIN},
      {0, kNone, core::Quality::kGood, "", 0, TELLTALE_QUALITY_BAD},
      {0, std::numeric_limits<double>::infinity(), core::Quality::kGood, "", 0, TELLTALE_QUALITY_BAD},
      {0, 3, core::Quality::kBad, "", 0, TELLTALE_QUALITY_BAD},
      {2, kNone, core::Quality::kGood, "idle", 0, TELLTALE_QUALITY_BAD},
      {2, 1, core::Quality::kGood, "idle", 1, TELLTALE_QUALITY_GOOD},
  };
  core::OutgoingBatch from = batch();
  for (const Case& one : cases) from.readings.push_back(reading(one.series, one.value, one.quality, one.text));
  const AbiBatch made(from);
  ASSERT_EQ(made.batch().count, std::size(cases));
  EXPECT_EQ(made.batch().cursor, 7U);
  EXPECT_EQ(made.batch().live, 1U);
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    const telltale_outgoing& out = made.batch().readings[i];
    EXPECT_EQ(out.value, cases[i].expected) << i;
    EXPECT_EQ(out.quality, cases[i].expected_quality) << i;
    EXPECT_EQ(to_view(out.text), cases[i].text) << i;
    EXPECT_EQ(to_view(out.series->name), from.series[cases[i].series]->declaration.key.name) << i;
  }
}

TEST(OutgoingCodec, ComesOutAsItWentIn) {
  core::OutgoingBatch from = batch();
  from.readings = {reading(0, 0.1, core::Quality::kStale), reading(1, kNone, core::Quality::kGood, "a\n\"b"),
                   reading(2, -0.0, core::Quality::kBad, "idle")};
  const auto read = outgoing_from_json(boost::json::parse(boost::json::serialize(outgoing_to_json(from))));
  ASSERT_TRUE(read) << read.error().message;
  const core::OutgoingBatch& to = **read;
  ASSERT_EQ(to.readings.size(), 3U);
  EXPECT_EQ(to.readings[0].value, 0.1);
  EXPECT_EQ(to.readings[0].quality, core::Quality::kStale);
  EXPECT_TRUE(std::isnan(to.readings[1].value));
  EXPECT_EQ(to.readings[1].quality, core::Quality::kGood);
  EXPECT_EQ(to.readings[1].text, "a\n\"b");
  EXPECT_TRUE(std::signbit(to.readings[2].value));
  EXPECT_EQ(to.series[1]->declaration.kind, core::SeriesKind::kEvent);
  EXPECT_EQ(to.cursor, 7U);
  EXPECT_TRUE(to.live);
}

TEST(OutgoingCodec, RefusesWhatIsNoBatch) {
  for (const char* text : {
           "null",
           "{}",
           R"({"series":[],"readings":[],"cursor":0})",
           R"({"series":[],"readings":[[0,1,2,0]],"cursor":0,"live":true})",  // no such series
           R"({"series":[["a","",0,[],[]]],"readings":[[-1,1,2,0]],"cursor":0,"live":true})",
           R"({"series":[["a","",0,[],[]]],"readings":[[0,1,2,4]],"cursor":0,"live":true})",  // no such quality
           R"({"series":[["a","",0,[],[]]],"readings":[[0,1,0.5,0]],"cursor":0,"live":true})",
           R"({"series":[["a","",0,["odd"],[]]],"readings":[],"cursor":0,"live":true})",
           R"({"series":[["a",""]],"readings":[],"cursor":0,"live":true})",
       }) {
    EXPECT_FALSE(outgoing_from_json(boost::json::parse(text))) << text;
  }
}

}  // namespace
}  // namespace telltale::host
