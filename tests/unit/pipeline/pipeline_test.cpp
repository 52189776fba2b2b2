#include "daemon/pipeline/pipeline.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "daemon/core/fd.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/pipeline/recording.h"

namespace telltale::pipeline {
namespace {

// A source in memory that keeps the contract of a ring: wakes when it has something, hands over in pieces.
class MemorySource final : public core::ReadingSource {
 public:
  explicit MemorySource(std::string id) : id_(std::move(id)) {}
  void publish(double value) {
    {
      const core::MutexLock lock(mutex_);
      waiting_.push_back({0, value, 0, TELLTALE_QUALITY_GOOD, 0});
    }
    core::notify(wake_);
  }
  [[nodiscard]] std::size_t released() const { return released_; }

  const std::string& input_id() const override { return id_; }
  int wake_fd() const override { return wake_.get(); }
  bool drain(core::SourceVisitor& visitor, std::size_t max_readings) override {
    core::clear(wake_);
    return drain_awake(visitor, max_readings);
  }
  bool drain_awake(core::SourceVisitor& visitor, std::size_t max_readings) override {
    if (!declared_) visitor.on_series(0, test::gauge(id_ + ".value"));
    declared_ = true;
    const core::MutexLock lock(mutex_);
    const std::size_t count = std::min(max_readings, waiting_.size());
    visitor.on_readings(std::span(waiting_).first(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    handed_ += count;
    return !waiting_.empty();
  }
  void release() override { released_ = handed_.load(); }
  Counters counters() const override { return {}; }

 private:
  std::string id_;
  core::Fd wake_ = core::make_eventfd().value();
  core::Mutex mutex_;
  std::vector<telltale_reading> waiting_ TELLTALE_GUARDED_BY(mutex_);
  bool declared_ = false;
  std::atomic<std::size_t> handed_{0};
  std::atomic<std::size_t> released_{0};
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest()
      : pipeline_(Pipeline::make({{std::chrono::minutes(1)}, {}}, history_, clock_,
                                 core::Logger(core::make_null_sink(), "test"))
                      .value()) {
    pipeline_->start(live_);
  }

  test::ManualClock clock_;
  test::RecordingHistory history_;
  test::RecordingLive live_;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(PipelineTest, DrainsEverySourceCompletely) {
  auto a = std::make_shared<MemorySource>("a");
  auto b = std::make_shared<MemorySource>("b");
  for (int i = 0; i < 10'000; ++i) a->publish(i);
  pipeline_->attach(a);
  pipeline_->attach(b);
  b->publish(1);
  ASSERT_TRUE(live_.wait_for(10'001));
  b->publish(2);
  ASSERT_TRUE(live_.wait_for(10'002));
  pipeline_->stop();
  EXPECT_EQ(history_.readings.size(), 10'002U);
  EXPECT_EQ(a->released(), 10'000U);
  EXPECT_EQ(pipeline_->stats().readings, 10'002U);
  EXPECT_EQ(pipeline_->stats().series, 2U);
}

TEST_F(PipelineTest, AFloodWaitsForRoomInTheHistoryAndNobodyElseDoes) {
  history_.has_little_room = true;
  auto flood = std::make_shared<MemorySource>("flood");
  auto quiet = std::make_shared<MemorySource>("quiet");
  for (int i = 0; i < 10'000; ++i) flood->publish(i);
  pipeline_->attach(flood);
  pipeline_->attach(quiet);
  ASSERT_TRUE(live_.wait_for(4'096));
  for (int i = 1; i <= 100; ++i) {
    quiet->publish(i);
    ASSERT_TRUE(live_.wait_for(4'096U + static_cast<std::size_t>(i)));
  }
  EXPECT_EQ(live_.readings().size(), 4'196U) << "time stands still: the flood has no second turn";
  clock_.advance(std::chrono::milliseconds(100));
  ASSERT_TRUE(live_.wait_for(8'292));
  EXPECT_EQ(live_.readings().size(), 8'292U);
  history_.has_little_room = false;
  ASSERT_TRUE(live_.wait_for(10'100));
  pipeline_->stop();
  EXPECT_EQ(history_.readings.size(), 10'100U);
}

TEST_F(PipelineTest, DetachDrainsWhatIsLeft) {
  auto source = std::make_shared<MemorySource>("a");
  pipeline_->attach(source);
  for (int i = 0; i < 9'000; ++i) source->publish(i);
  pipeline_->detach(source);
  pipeline_->stop();
  EXPECT_EQ(history_.readings.size(), 9'000U);
  EXPECT_EQ(source.use_count(), 1) << "nobody holds the source any more";
}

TEST_F(PipelineTest, AnswersPostsAndLatest) {
  std::vector<core::PostedReading> posted(1);
  posted[0].series = test::gauge("room.temperature");
  posted[0].value = 21.5;
  std::promise<core::PostOutcome> outcome;
  pipeline_->post(posted, false, [&](auto result) { outcome.set_value(result.value()); });
  EXPECT_EQ(outcome.get_future().get().accepted, 1U);
  std::promise<std::vector<core::LatestRow>> rows;
  pipeline_->latest({core::Selector::parse("room.*").value()}, [&](auto result) { rows.set_value(result.value()); });
  const auto got = rows.get_future().get();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].value, 21.5);
}

TEST_F(PipelineTest, ADurablePostIsAnsweredByTheStore) {
  std::vector<core::PostedReading> posted(1);
  posted[0].series = test::gauge("x");
  bool answered = false;
  pipeline_->post(posted, true, [&](auto) { answered = true; });
  pipeline_->stop();
  EXPECT_FALSE(answered);
  ASSERT_EQ(history_.waiting.size(), 1U);
  history_.waiting[0].second(core::Result<void>());
  EXPECT_TRUE(answered);
}

TEST_F(PipelineTest, RefusesAtOnceAfterTheStop) {
  pipeline_->stop();
  core::ErrorCode code{};
  pipeline_->latest({}, [&](auto result) { code = result.error().code; });
  EXPECT_EQ(code, core::ErrorCode::kUnavailable);
  EXPECT_EQ(pipeline_->stats().requests_refused, 1U);
}

TEST(PipelinePulse, IsGivenWithoutReadingsAndEndsWhenTheThreadHangs) {
  test::ManualClock clock;
  test::RecordingHistory history;
  test::RecordingLive live;
  std::atomic<int> pulses{0};
  PipelineOptions options{{std::chrono::minutes(1)}, {}};
  options.pulse = [&pulses] {
    ++pulses;
    pulses.notify_all();
  };
  options.pulse_every = std::chrono::milliseconds(1);
  auto pipeline =
      Pipeline::make(std::move(options), history, clock, core::Logger(core::make_null_sink(), "test")).value();
  pipeline->start(live);
  for (int seen = 0; seen < 5; ++seen) {
    pulses.wait(seen);  // the time-out of the test is the deadline
    clock.advance(std::chrono::milliseconds(1));
  }
  std::promise<void> hangs;
  std::promise<void> ends;
  pipeline->latest({}, [&hangs, end = ends.get_future().share()](const auto&) {
    hangs.set_value();
    end.wait();
  });
  hangs.get_future().wait();
  const int before = pulses;
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(pulses, before);
  ends.set_value();
  pulses.wait(before);
  EXPECT_GT(pulses, before);
  pipeline->stop();
}

}  // namespace
}  // namespace telltale::pipeline
