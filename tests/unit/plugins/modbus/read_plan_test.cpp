// The fewest reads, and what a unit teaches about them.
#include "plugins/modbus/plan/read_plan.h"

#include <algorithm>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace telltale::modbus {
namespace {

std::vector<Span> ranges(const ReadPlan& plan) {
  std::vector<Span> ranges;
  for (const auto& read : plan.reads()) ranges.push_back(read.range);
  return ranges;
}

// A unit of which some registers are missing, and which gives only so many at once.
struct Device {
  std::set<std::uint32_t> missing;
  std::uint16_t most = 125;
  [[nodiscard]] bool gives(const Span& range) const {
    const auto next = missing.lower_bound(range.address);
    return range.count <= most && (next == missing.end() || *next >= range.end());
  }
};

// Asks for every read until nothing changes any more; the number of requests that took, or -1.
int learn(ReadPlan& plan, const Device& device) {
  int requests = 0;
  std::set<Span> tried;  // since the plan changed
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < plan.reads().size(); ++i) {
      const auto read = plan.reads()[i];
      if (read.is_hole) continue;
      if (++requests > 100'000) return -1;
      changed = device.gives(read.range) ? plan.answered(i) : plan.refused(i);
      if (changed) break;
    }
  }
  return requests;
}

TEST(ReadPlan, MergesWhatIsNear) {
  const ReadPlan plan({{100, 1}, {101, 2}, {105, 1}, {300, 1}, {100, 1}}, {125, 8});
  EXPECT_EQ(ranges(plan), (std::vector<Span>{{100, 6}, {300, 1}}));
  EXPECT_EQ(plan.spans().size(), 4U) << "the same span is there once";
}

TEST(ReadPlan, KeepsTheLimits) {
  EXPECT_EQ(ranges(ReadPlan({{0, 1}, {9, 1}}, {125, 8})), (std::vector<Span>{{0, 10}}));
  EXPECT_EQ(ranges(ReadPlan({{0, 1}, {10, 1}}, {125, 8})), (std::vector<Span>{{0, 1}, {10, 1}}));
  EXPECT_EQ(ranges(ReadPlan({{0, 2}, {2, 2}, {4, 2}}, {4, 8})), (std::vector<Span>{{0, 4}, {4, 2}}));
  EXPECT_EQ(ranges(ReadPlan({{0, 1}, {1, 1}}, {1, 8})), (std::vector<Span>{{0, 1}, {1, 1}}));
  EXPECT_EQ(ranges(ReadPlan({{0, 4}}, {1, 0})), (std::vector<Span>{{0, 1}, {1, 1}, {2, 1}, {3, 1}}));
  EXPECT_EQ(ranges(ReadPlan({{65'535, 1}, {65'530, 2}}, {125, 8})), (std::vector<Span>{{65'530, 6}}));
}

TEST(ReadPlan, SplitsAtAHoleAndRemembersIt) {
  ReadPlan plan({{0, 1}, {1, 1}, {4, 1}, {5, 1}, {6, 1}}, {125, 8});
  EXPECT_GT(learn(plan, {{2}, 125}), 0);
  EXPECT_EQ(ranges(plan), (std::vector<Span>{{0, 2}, {4, 3}})) << "only the gap with the hole is not read over";
  EXPECT_EQ(plan.hole_count(), 0U);
  EXPECT_EQ(learn(plan, {{2}, 125}), 2) << "nothing is tried again";
}

TEST(ReadPlan, FindsTheOneMissingPoint) {
  std::vector<Span> spans;
  for (std::uint16_t i = 0; i < 64; ++i) spans.push_back({i, 1});
  ReadPlan plan(spans, {125, 8});
  const int requests = learn(plan, {{37}, 125});
  EXPECT_GT(requests, 0);
  EXPECT_LT(requests, 30) << "halving, not one by one";
  EXPECT_EQ(ranges(plan), (std::vector<Span>{{0, 37}, {37, 1}, {38, 26}}));
  EXPECT_EQ(plan.hole_count(), 1U);
}

TEST(ReadPlan, TakesAHoleBackWhenItIsFilled) {
  ReadPlan plan({{0, 1}, {1, 1}, {2, 1}}, {125, 8});
  EXPECT_GT(learn(plan, {{1}, 125}), 0);
  ASSERT_EQ(plan.reads().size(), 3U);
  EXPECT_FALSE(plan.refused(1)) << "known";
  EXPECT_TRUE(plan.answered(1));
  EXPECT_EQ(ranges(plan), (std::vector<Span>{{0, 3}}));
}

TEST(ReadPlan, LearnsThatAUnitGivesFewerAtOnce) {
  std::vector<Span> spans;
  for (std::uint16_t i = 0; i < 40; ++i) spans.push_back({static_cast<std::uint16_t>(i * 2), 2});
  ReadPlan plan(spans, {125, 8});
  EXPECT_GT(learn(plan, {{}, 20}), 0);
  EXPECT_EQ(plan.hole_count(), 0U);
  for (const auto& read : plan.reads()) EXPECT_LE(read.range.count, 20);
}

// The fewest reads of the first n spans, by trying every cut.
std::size_t fewest(const std::vector<Span>& spans, ReadLimits limits) {
  std::vector<std::size_t> best(spans.size() + 1, 0);
  for (std::size_t last = 1; last <= spans.size(); ++last) {
    best[last] = best[last - 1] + 1;
    std::uint32_t end = spans[last - 1].end();
    for (std::size_t first = last - 1; first-- > 0;) {
      std::uint32_t reached = 0;
      bool near = true;
      for (std::size_t i = first; i < last; ++i) {
        near = near && (i == first || spans[i].address <= reached + limits.max_gap);
        reached = std::max(reached, spans[i].end());
      }
      end = std::max(end, spans[first].end());
      if (near && reached - spans[first].address <= limits.max_count)
        best[last] = std::min(best[last], best[first] + 1);
    }
  }
  return best[spans.size()];
}

std::vector<Span> any_spans(int most) {
  std::vector<Span> spans;
  const int count = *rc::gen::inRange(1, most);
  spans.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    spans.push_back({*rc::gen::inRange<std::uint16_t>(0, 200), *rc::gen::element<std::uint16_t>(1, 2, 4)});
  }
  return spans;
}

RC_GTEST_PROP(ReadPlan, IsTheFewestReads, ()) {
  const ReadLimits limits{*rc::gen::inRange<std::uint16_t>(4, 40), *rc::gen::inRange<std::uint16_t>(0, 12)};
  const ReadPlan plan(any_spans(14), limits);
  RC_ASSERT(plan.reads().size() == fewest(plan.spans(), limits));
  for (const Span& span : plan.spans()) {
    RC_ASSERT(std::any_of(plan.reads().begin(), plan.reads().end(), [&](const auto& read) {
      return read.range.address <= span.address && read.range.end() >= span.end();
    }));
  }
}

RC_GTEST_PROP(ReadPlan, LearnsEveryDevice, ()) {
  const ReadLimits limits{60, *rc::gen::inRange<std::uint16_t>(0, 12)};
  ReadPlan plan(any_spans(40), limits);
  Device device;
  device.most = *rc::gen::inRange<std::uint16_t>(4, 60);
  const int holes = *rc::gen::inRange(0, 20);
  for (int i = 0; i < holes; ++i) device.missing.insert(*rc::gen::inRange<std::uint32_t>(0, 204));
  RC_ASSERT(learn(plan, device) > 0 ||
            std::all_of(plan.reads().begin(), plan.reads().end(), [](const auto& read) { return read.is_hole; }));
  for (const auto& read : plan.reads()) RC_ASSERT(device.gives(read.range) != read.is_hole);
  for (const Span& span : plan.spans()) {
    const bool is_read = std::any_of(plan.reads().begin(), plan.reads().end(), [&](const auto& read) {
      return !read.is_hole && read.range.address <= span.address && read.range.end() >= span.end();
    });
    RC_ASSERT(is_read == device.gives(span) || is_read);
    RC_ASSERT(is_read || !device.gives(span));
  }
}

}  // namespace
}  // namespace telltale::modbus
