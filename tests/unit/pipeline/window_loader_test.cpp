#include "daemon/pipeline/window_loader.h"

#include <algorithm>
#include <future>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "daemon/pipeline/pipeline.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/pipeline/recording.h"

namespace telltale::pipeline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A history with one reading a second of every series, each worth 1; keeps the limit of a query.
class EverySecond final : public core::HistoryReader {
 public:
  explicit EverySecond(core::WallTime last) : last_(last) {}
  [[nodiscard]] core::Result<core::HistoryResult> query(const core::HistoryQuery& query) override {
    ++queries;
    if (query.cancel != nullptr && *query.cancel) return core::make_error(core::ErrorCode::kTimeout, "cancelled");
    if (fail) return core::make_error(core::ErrorCode::kIo, "the disk is gone");
    const core::WallTime end = std::min(query.to, last_ + core::Duration(1));
    const auto begin = std::chrono::ceil<seconds>(query.from);
    const auto count = begin < end ? (end - core::Duration(1) - begin) / seconds(1) + 1 : 0;
    if (static_cast<std::uint64_t>(count) * query.series.size() > query.max_readings) {
      return core::make_error(core::ErrorCode::kLimit, "too many readings");
    }
    largest = std::max<std::uint64_t>(largest, static_cast<std::uint64_t>(count) * query.series.size());
    core::HistoryResult result;
    for (const core::SeriesPtr& series : query.series) {
      core::HistorySeries out{series, {"value"}, {}, {{}}, {}};
      for (std::int64_t i = 0; i < count; ++i) {
        out.times.push_back(begin + seconds(i));
        out.values[0].push_back(bad ? std::numeric_limits<double>::quiet_NaN() : 1);
      }
      result.series.push_back(std::move(out));
    }
    return result;
  }
  [[nodiscard]] std::optional<core::SeriesSpan> span(core::SeriesId) override { return std::nullopt; }
  [[nodiscard]] core::HistoryStats stats() override { return {}; }

  bool fail = false;
  bool bad = false;
  std::atomic<int> queries{0};
  std::uint64_t largest = 0;

 private:
  core::WallTime last_;
};

class WindowLoaderTest : public testing::Test {
 protected:
  static core::SeriesPtr known(std::uint32_t id) {
    auto info = std::make_shared<core::SeriesInfo>();
    info->id = {id};
    info->declaration = test::gauge("s" + std::to_string(id));
    info->key_text = info->declaration.key.text();
    info->input = "write";
    return info;
  }
  void start(std::uint32_t series) {
    std::vector<core::SeriesPtr> all;
    for (std::uint32_t i = 1; i <= series; ++i) all.push_back(known(i));
    pipeline_ = Pipeline::make({{minutes(1), hours(1), hours(24)}, all}, history_, clock_,
                               core::Logger(core::make_null_sink(), "test"))
                    .value();
    pipeline_->start(live_);
  }
  std::vector<core::LatestRow> latest(const char* selector) {
    std::promise<std::vector<core::LatestRow>> promise;
    pipeline_->latest({core::Selector::parse(selector).value()},
                      [&](const core::Result<std::vector<core::LatestRow>>& rows) { promise.set_value(*rows); });
    return promise.get_future().get();
  }
  // Until the history's windows are there.
  double wait_for(const char* selector, double wanted) {
    double value = 0;
    const auto deadline = std::chrono::steady_clock::now() + seconds(60);
    while (value != wanted && std::chrono::steady_clock::now() < deadline) {
      const auto rows = latest(selector);
      if (!rows.empty()) value = rows[0].value;
      std::this_thread::yield();
    }
    return value;
  }
  void post(const char* name, core::WallTime time, double value) {
    core::PostedReading reading;
    reading.series = test::gauge(name);
    reading.time = time;
    reading.value = value;
    std::promise<void> done;
    pipeline_->post({reading}, false, [&](const core::Result<core::PostOutcome>&) { done.set_value(); });
    done.get_future().wait();
  }

  test::ManualClock clock_;
  test::RecordingHistory history_;
  test::RecordingLive live_;
  EverySecond stored_{clock_.wall_now()};
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(WindowLoaderTest, ARestartDoesNotResetTodaysTotal) {
  start(1);
  EXPECT_TRUE(latest("s1@sum_1d").empty());
  pipeline_->restore_windows(stored_);
  EXPECT_NEAR(wait_for("s1@count_1h", 3600), 3600, 0);
  const auto day = latest("s1@sum_1d");
  ASSERT_EQ(day.size(), 1U);
  EXPECT_FALSE(day[0].exact);
  EXPECT_EQ(day[0].quality, core::Quality::kStale) << "nothing came since the start";
  EXPECT_GE(day[0].value, 86'400 - 1'440);
  EXPECT_LE(day[0].value, 86'400);
  EXPECT_TRUE(latest("s1").empty()) << "the newest reading is one that came";
}

TEST_F(WindowLoaderTest, ReadingsThatCameMeanwhileStay) {
  start(1);
  post("s1", clock_.wall_now() + std::chrono::milliseconds(500), 100);
  post("s1", clock_.wall_now(), 1);  // the store has it too: it counts once
  pipeline_->restore_windows(stored_);
  EXPECT_EQ(wait_for("s1@count_1m", 61), 61);
  EXPECT_EQ(latest("s1@sum_1m")[0].value, 160);
}

TEST_F(WindowLoaderTest, LateReadingsCorrectRestoredWindows) {
  start(1);
  pipeline_->restore_windows(stored_);
  EXPECT_EQ(wait_for("s1@sum_1h", 3600), 3600);
  post("s1", clock_.wall_now() - minutes(30) + std::chrono::milliseconds(1), 41);
  EXPECT_EQ(wait_for("s1@sum_1h", 3641), 3641);
}

TEST_F(WindowLoaderTest, ReadsInSlicesOfBoundedSize) {
  start(10);
  pipeline_->restore_windows(stored_);
  EXPECT_EQ(wait_for("s10@count_1h", 3600), 3600);
  EXPECT_EQ(latest("s1@count_1h")[0].value, 3600);
  EXPECT_LE(stored_.largest, WindowLoader::kSlice);
  EXPECT_GT(stored_.queries, 3);
}

TEST_F(WindowLoaderTest, AHistoryThatCannotBeReadDoesNoHarm) {
  stored_.fail = true;
  start(1);
  pipeline_->restore_windows(stored_);
  post("s1", clock_.wall_now(), 1);
  EXPECT_EQ(latest("s1@sum_1d")[0].value, 1);
  pipeline_->stop();
  EXPECT_EQ(stored_.queries, 1);
}

TEST_F(WindowLoaderTest, StopsInTheMiddle) {
  for (int i = 0; i < 20; ++i) {
    start(40);
    pipeline_->restore_windows(stored_);
    pipeline_->stop();
  }
}

}  // namespace
}  // namespace telltale::pipeline
