#include "daemon/pipeline/registry.h"

#include <gtest/gtest.h>

#include "daemon/pipeline/watch_table.h"
#include "tests/unit/pipeline/recording.h"

namespace telltale::pipeline {
namespace {

core::Selector selector(const char* text) { return core::Selector::parse(text).value(); }

TEST(Registry, GivesOneNumberPerKeyForEver) {
  Registry registry({});
  const auto first = registry.declare("plc", test::gauge("a")).value();
  const auto again = registry.declare("plc", test::gauge("a")).value();
  const auto other = registry.declare("plc", test::gauge("b")).value();
  EXPECT_TRUE(first.changed);
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(first.series, again.series);
  EXPECT_NE(first.series->id, other.series->id);
}

TEST(Registry, KeepsTheNumberWhenTheUnitChanges) {
  Registry registry({});
  const auto first = registry.declare("plc", test::gauge("a")).value();
  const auto generation = registry.generation();
  auto changed = test::gauge("a");
  changed.unit = "°C";
  const auto second = registry.declare("plc", changed).value();
  EXPECT_TRUE(second.changed);
  EXPECT_EQ(first.series->id, second.series->id);
  EXPECT_EQ(first.series->declaration.unit, "") << "what was published does not change";
  EXPECT_EQ(registry.find(first.series->id)->declaration.unit, "°C");
  EXPECT_GT(registry.generation(), generation);
}

TEST(Registry, GoesOnWithTheNumbersOfTheStore) {
  auto info = std::make_shared<core::SeriesInfo>();
  info->id = core::SeriesId{41};
  info->key_text = "old";
  info->input = "plc";
  info->declaration = test::gauge("old");
  Registry registry({info});
  EXPECT_FALSE(registry.declare("plc", test::gauge("old")).value().changed);
  EXPECT_EQ(registry.declare("plc", test::gauge("new")).value().series->id.value, 42U);
  EXPECT_EQ(registry.match(selector("*")).size(), 2U);
}

TEST(Registry, GivesEveryCounterItsRule) {
  auto info = std::make_shared<core::SeriesInfo>();
  info->id = core::SeriesId{1};
  info->key_text = "meter.old";
  info->declaration = test::gauge("meter.old");
  const core::CounterRule rule{65'536, 5};
  Registry registry({info}, {{selector("meter.*"), rule}, {selector("*"), {100, 1}}});
  EXPECT_EQ(registry.find(core::SeriesId{1})->counter, rule);
  EXPECT_EQ(registry.declare("plc", test::gauge("meter.new")).value().series->counter, rule);
  EXPECT_EQ(registry.declare("plc", test::gauge("other")).value().series->counter, (core::CounterRule{100, 1}));
}

TEST(WatchTable, SharesOneIdAndLetsGoWithTheLastUser) {
  WatchTable table;
  const auto stat = core::parse_window_stat("mean_1m").value();
  const auto a = table.add(core::SeriesId{1}, stat).value();
  const auto b = table.add(core::SeriesId{1}, stat).value();
  EXPECT_EQ(a, b);
  EXPECT_TRUE(a.is_watch());
  EXPECT_EQ(table.take_changes().size(), 1U);
  table.remove(a);
  EXPECT_TRUE(table.take_changes().empty());
  table.remove(a);
  ASSERT_EQ(table.take_changes().size(), 1U);
  EXPECT_EQ(table.size(), 0U);
  table.remove(a);
  EXPECT_TRUE(table.take_changes().empty());
}

TEST(WatchTable, RefusesBeyondItsLimit) {
  WatchTable table;
  const auto stat = core::parse_window_stat("mean_1m").value();
  for (std::uint32_t i = 0; i < WatchTable::kMaxWatches; ++i)
    ASSERT_TRUE(table.add(core::SeriesId{i}, stat).has_value());
  EXPECT_EQ(table.add(core::SeriesId{1'000'000}, stat).error().code, core::ErrorCode::kLimit);
  EXPECT_TRUE(table.add(core::SeriesId{1}, stat).has_value()) << "one that is there is shared";
}

}  // namespace
}  // namespace telltale::pipeline
