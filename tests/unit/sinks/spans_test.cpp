#include "daemon/sinks/spans.h"

#include <gtest/gtest.h>

namespace telltale::sinks {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Spans of(std::initializer_list<Span> all) {
  Spans spans;
  for (const Span& span : all) spans.add({span.from * kSecond, span.to * kSecond});
  return spans;
}

TEST(Spans, JoinsWhatTouchesOrLiesClose) {
  EXPECT_EQ(of({{10, 20}, {21, 30}}), of({{10, 30}}));
  EXPECT_EQ(of({{21, 30}, {10, 20}}), of({{10, 30}}));
  EXPECT_EQ(of({{10, 20}, {30, 40}, {15, 35}}), of({{10, 40}}));
  EXPECT_EQ(of({{10, 20}, {22, 30}}).all().size(), 2U);
  EXPECT_EQ(of({{30, 40}, {10, 20}}).all().front(), (Span{10 * kSecond, 20 * kSecond}));
}

TEST(Spans, TakesNothingForNothing) {
  EXPECT_TRUE(of({{10, 10}, {20, 10}}).empty());
  EXPECT_EQ(of({}).length(), 0);
}

TEST(Spans, RemovesFromTheMiddleAndTheEnds) {
  Spans spans = of({{10, 40}});
  spans.remove({20 * kSecond, 30 * kSecond});
  EXPECT_EQ(spans, of({{10, 20}, {30, 40}}));
  spans.remove({0, 15 * kSecond});
  EXPECT_EQ(spans, of({{15, 20}, {30, 40}}));
  spans.remove({12 * kSecond, 100 * kSecond});
  EXPECT_TRUE(spans.empty());
  Spans one = of({{10, 40}});
  one.remove({50 * kSecond, 60 * kSecond});
  EXPECT_EQ(one, of({{10, 40}}));
}

TEST(Spans, CoversEverythingWhenThereAreTooMany) {
  Spans spans;
  for (std::int64_t i = 0; i < 1'000; ++i) spans.add({i * 100 * kSecond, i * 100 * kSecond + 1});
  EXPECT_EQ(spans.all().size(), Spans::kMost);
  for (std::int64_t i = 0; i < 1'000; ++i) {
    bool covered = false;
    for (const Span& span : spans.all())
      covered = covered || (span.from <= i * 100 * kSecond && i * 100 * kSecond < span.to);
    EXPECT_TRUE(covered) << i;
  }
}

TEST(Spans, LivesAtTheEndsOfTime) {
  Spans spans;
  spans.add({INT64_MIN, INT64_MIN + 1});
  spans.add({INT64_MAX - 1, INT64_MAX});
  EXPECT_EQ(spans.all().size(), 2U);
  spans.add({INT64_MIN, INT64_MAX});
  EXPECT_EQ(spans.all().size(), 1U);
  EXPECT_EQ(spans.length(), INT64_MAX);
}

}  // namespace
}  // namespace telltale::sinks
