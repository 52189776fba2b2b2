#include "sdk/validator/recording_host.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <telltale/cpp/text.hpp>

namespace telltale::validator {
namespace {

class Bench {
 public:
  const telltale_host& c_host() { return host_.c_host(); }
  RecordingHost& host() { return host_; }
  std::uint32_t declare(const char* name, std::uint32_t kind = TELLTALE_KIND_GAUGE) {
    telltale_series series{};
    series.name = to_str(name);
    series.kind = kind;
    series.decimals = -1;
    std::uint32_t number = 77;
    c_host().declare_series(&c_host(), &series, &number);
    return number;
  }
  telltale_result publish(const telltale_reading& reading) { return c_host().publish(&c_host(), &reading, 1); }
  bool noted(std::string_view topic) {
    const auto problems = host_.problems();
    return std::any_of(problems.begin(), problems.end(), [&](const Problem& one) { return one.topic == topic; });
  }

 private:
  SharedStage stage_;
  telltale_value options_{};
  RecordingHost host_{"bench", options_, *stage_};
};

TEST(RecordingHost, HasNothingToSayOfWhatIsRight) {
  Bench bench;
  const std::uint32_t number = bench.declare("oil.temperature");
  EXPECT_EQ(bench.declare("oil.temperature"), number);
  EXPECT_EQ(bench.publish({0, 1, number, TELLTALE_QUALITY_GOOD, 0}), TELLTALE_OK);
  EXPECT_EQ(bench.publish({bench.c_host().now(&bench.c_host()), 2, number, TELLTALE_QUALITY_STALE, 0}), TELLTALE_OK);
  EXPECT_EQ(bench.publish({0, std::nan(""), number, TELLTALE_QUALITY_BAD, 0}), TELLTALE_OK);
  EXPECT_TRUE(bench.host().problems().empty());
  EXPECT_EQ(bench.host().published(), 3U);
}

TEST(RecordingHost, NotesWhatIsWrongUnderTheCaseThatIsAboutIt) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  struct Row {
    const char* topic;
    std::function<void(Bench&)> act;
  };
  const auto publish = [](telltale_reading reading) { return [=](Bench& bench) { bench.publish(reading); }; };
  const Row table[] = {
      {"publish.finite", publish({0, INFINITY, 0, 0, 0})},
      {"publish.times", publish({kMost, 1, 0, 0, 0})},
      {"publish.times", publish({kLeast, 1, 0, 0, 0})},
      {"publish.times", publish({kMost, 1, 0, 0, TELLTALE_READING_WALL_TIME})},
      {"publish.times",
       [](Bench& bench) {
         bench.publish({2'000, 1, 0, 0, 0});
         bench.publish({1'000, 1, 0, 0, 0});
       }},
      {"publish.quality", publish({0, 1, 0, 4, 0})},
      {"publish.quality", publish({0, 1, 0, 0, 2})},
      {"publish.declared_series", publish({0, 1, 4'000'000'000U, 0, 0})},
      {"publish.batches", [](Bench& bench) { bench.c_host().publish(&bench.c_host(), nullptr, 1); }},
      {"publish.kinds",
       [](Bench& bench) {
         bench.publish({0, 1, bench.declare("e", TELLTALE_KIND_EVENT), 0, 0});
       }},
      {"publish.texts",
       [](Bench& bench) {
         const telltale_reading reading{0, 0, bench.declare("e", TELLTALE_KIND_EVENT), 0, 0};
         bench.c_host().publish_text(&bench.c_host(), &reading, to_str("\xff"));
       }},
      {"series.names", [](Bench& bench) { bench.declare("a,b"); }},
      {"series.kinds", [](Bench& bench) { bench.declare("k", 9); }},
      {"log.lines", [](Bench& bench) { bench.c_host().log(&bench.c_host(), 99, to_str("x")); }},
      {"log.lines",
       [](Bench& bench) {
         bench.c_host().log(&bench.c_host(), TELLTALE_LOG_INFO, {nullptr, 9});
       }},
      {"health.reasons", [](Bench& bench) { bench.c_host().health(&bench.c_host(), TELLTALE_HEALTH_FAILING, {}); }},
      {"counters.names", [](Bench& bench) { bench.c_host().count(&bench.c_host(), {}, 1); }},
      {"destroy.no_late_calls",
       [](Bench& bench) {
         bench.host().end();
         bench.publish({0, 1, 0, 0, 0});
       }},
  };
  for (const Row& row : table) {
    Bench bench;
    ASSERT_EQ(bench.declare("x"), 0U);
    row.act(bench);
    EXPECT_TRUE(bench.noted(row.topic)) << row.topic;
    for (const Problem& problem : bench.host().problems()) EXPECT_EQ(problem.topic, row.topic);
  }
}

TEST(RecordingHost, SaysFullAndKeepsNothingOfIt) {
  Bench bench;
  const std::uint32_t number = bench.declare("x");
  bench.host().answer_full(true);
  EXPECT_EQ(bench.publish({0, 1, number, 0, 0}), TELLTALE_FULL);
  EXPECT_EQ(bench.host().published(), 0U);
  EXPECT_EQ(bench.host().calls_of_publish(), 1U);
}

}  // namespace
}  // namespace telltale::validator
