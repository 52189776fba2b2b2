// What a plugin calls, called as a plugin would.
#include "daemon/host/instance_host.h"

#include <cmath>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/draft/refusal.h>
#include <telltale/ext/log.h>

#include "tests/unit/host/ring_bench.h"

namespace telltale::host {
namespace {

class Listener final : public InstanceListener {
 public:
  void on_ready(core::Duration /*interval*/) override {}
  void on_log(const LogMessage& line) override { lines.push_back(line); }
  void on_change() override { ++changes; }
  std::vector<LogMessage> lines;
  int changes = 0;
};

class InstanceHostTest : public testing::Test {
 protected:
  InstanceHostTest() {
    options_.type = TELLTALE_VALUE_SECTION;
    host_.emplace("plc", options_, bench_.add_ring(*source_), listener_, bench_.clock);
  }
  [[nodiscard]] const telltale_host* c() const { return &host_->c_host(); }
  telltale_result declare(std::string_view name, std::uint32_t kind, std::uint32_t& number) {
    telltale_series series{};
    series.name = to_str(name);
    series.kind = kind;
    series.decimals = -1;
    return c()->declare_series(c(), &series, &number);
  }

  test::RingBench bench_;
  std::shared_ptr<RingSource> source_ = bench_.make_source();
  core::OptionValue options_;
  Listener listener_;
  std::optional<InstanceHost> host_;
};

TEST_F(InstanceHostTest, GivesASeriesOneNumberHoweverOftenItIsDeclared) {
  std::uint32_t first = 99;
  std::uint32_t again = 99;
  std::uint32_t other = 99;
  EXPECT_EQ(declare("x", TELLTALE_KIND_GAUGE, first), TELLTALE_OK);
  EXPECT_EQ(declare("y", TELLTALE_KIND_GAUGE, other), TELLTALE_OK);
  EXPECT_EQ(declare("x", TELLTALE_KIND_GAUGE, again), TELLTALE_OK);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  EXPECT_EQ(declare("a*", TELLTALE_KIND_GAUGE, other), TELLTALE_E_INVALID);
  ASSERT_EQ(listener_.lines.size(), 1U) << "the author reads why";
  EXPECT_NE(listener_.lines[0].text.find("a*"), std::string::npos);
  EXPECT_EQ(c()->declare_series(c(), nullptr, &first), TELLTALE_E_INVALID);
}

TEST_F(InstanceHostTest, SaysWhenNoFurtherSeriesFits) {
  std::uint32_t number = 0;
  telltale_result result = TELLTALE_OK;
  for (int i = 0; i < 5'000 && result == TELLTALE_OK; ++i) {
    result = declare("series." + std::to_string(i), TELLTALE_KIND_GAUGE, number);
  }
  EXPECT_EQ(result, TELLTALE_E_LIMIT);
  bench_.drain_all(*source_);
  EXPECT_EQ(bench_.collector.series.size(), number + 2) << "and the one that the bench declared";
}

TEST_F(InstanceHostTest, TakesNothingOfABatchThatIsInvalid) {
  std::uint32_t number = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_GAUGE, number), TELLTALE_OK);
  std::vector<telltale_reading> batch(4'097, telltale_reading{1, 1, number, 0, 0});
  EXPECT_EQ(c()->publish(c(), batch.data(), 4'097), TELLTALE_E_INVALID);
  EXPECT_EQ(c()->publish(c(), nullptr, 1), TELLTALE_E_INVALID);
  EXPECT_EQ(c()->publish(c(), nullptr, 0), TELLTALE_OK);
  batch[7].series = number + 1;
  EXPECT_EQ(c()->publish(c(), batch.data(), 8), TELLTALE_E_INVALID);
  EXPECT_EQ(c()->publish(c(), batch.data(), 7), TELLTALE_OK);
}

TEST_F(InstanceHostTest, StampsWhatHasNoTime) {
  std::uint32_t number = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_GAUGE, number), TELLTALE_OK);
  const telltale_reading batch[] = {{0, 1, number, 0, TELLTALE_READING_WALL_TIME}, {77, 2, number, 0, 1}};
  bench_.clock.advance(std::chrono::seconds(3));
  ASSERT_EQ(c()->publish(c(), batch, 2), TELLTALE_OK);
  bench_.drain_all(*source_);
  ASSERT_EQ(bench_.collector.readings.size(), 2U);
  EXPECT_EQ(bench_.collector.readings[0].time, c()->now(c()));
  EXPECT_EQ(bench_.collector.readings[0].flags, 0);
  EXPECT_EQ(bench_.collector.readings[1].time, 77);
  EXPECT_EQ(bench_.collector.readings[1].flags, TELLTALE_READING_WALL_TIME);
}

TEST_F(InstanceHostTest, CutsTextsAtACharacter) {
  std::uint32_t event = 0;
  std::uint32_t gauge = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_EVENT, event), TELLTALE_OK);
  ASSERT_EQ(declare("y", TELLTALE_KIND_GAUGE, gauge), TELLTALE_OK);
  const std::string text = std::string(4'095, 'a') + "ä";
  const telltale_reading reading{0, 0, event, 0, 0};
  const telltale_reading wrong{0, 0, gauge, 0, 0};
  EXPECT_EQ(c()->publish_text(c(), &reading, to_str(text)), TELLTALE_OK);
  EXPECT_EQ(c()->publish_text(c(), &wrong, to_str(text)), TELLTALE_E_INVALID);
  EXPECT_EQ(c()->publish_text(c(), &reading, {nullptr, 4}), TELLTALE_E_INVALID);
  EXPECT_EQ(c()->publish_text(c(), nullptr, {}), TELLTALE_E_INVALID);
  bench_.drain_all(*source_);
  ASSERT_EQ(bench_.collector.texts.size(), 1U);
  EXPECT_EQ(bench_.collector.texts[0], std::string(4'095, 'a'));
}

TEST_F(InstanceHostTest, LimitsLinesAndSaysHowManyWereLeftOut) {
  for (int i = 0; i < 100; ++i) c()->log(c(), TELLTALE_LOG_INFO, to_str("hello\nworld"));
  EXPECT_EQ(listener_.lines.size(), 20U);
  EXPECT_EQ(listener_.lines[0].text, "hello\\nworld");
  bench_.clock.advance(std::chrono::seconds(1));
  c()->log(c(), 99, to_str(std::string(5'000, 'x')));
  ASSERT_EQ(listener_.lines.size(), 22U);
  EXPECT_NE(listener_.lines[20].text.find("80 log lines"), std::string::npos);
  EXPECT_EQ(listener_.lines[21].text.size(), kMaxLogBytes);
  EXPECT_EQ(listener_.lines[21].severity, TELLTALE_LOG_DEBUG);
}

TEST_F(InstanceHostTest, WritesFieldsAfterTheText) {
  const auto* log = static_cast<const telltale_log_1*>(c()->get_interface(c(), TELLTALE_LOG_1));
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(c()->get_interface(c(), "telltale.log/2"), nullptr);
  EXPECT_EQ(c()->get_interface(c(), nullptr), nullptr);
  const std::string long_name(65, 'a');
  const telltale_log_field fields[] = {
      {to_str("unit"), to_str("3")},     {to_str("why"), to_str("no \"answer\"\n")},
      {to_str("Bad-Name"), to_str("x")}, {to_str("empty"), {}},
      {{nullptr, 4}, to_str("x")},       {to_str("lost"), {nullptr, 9}},
      {to_str(long_name), to_str("x")},
  };
  log->write(c(), TELLTALE_LOG_WARNING, to_str("no answer"), fields, std::size(fields));
  ASSERT_EQ(listener_.lines.size(), 1U);
  EXPECT_EQ(listener_.lines[0].text, R"(no answer unit=3 why="no \"answer\"\n" empty="" lost="")");
  EXPECT_EQ(host_->last_error_line(), listener_.lines[0].text);
  const std::vector<telltale_log_field> many(40, {to_str("n"), to_str("1")});
  log->write(c(), TELLTALE_LOG_INFO, {}, many.data(), 40);
  EXPECT_EQ(listener_.lines[1].text.size(), 16 * std::string(" n=1").size());
  log->write(c(), TELLTALE_LOG_INFO, to_str("x"), nullptr, 3);
  EXPECT_EQ(listener_.lines[2].text, "x");
  const std::string endless(9'000, 'x');
  const telltale_log_field huge{to_str("n"), to_str(endless)};
  for (int i = 0; i < 100; ++i) log->write(c(), TELLTALE_LOG_INFO, to_str(endless), &huge, 1);
  EXPECT_EQ(listener_.lines.size(), 20U) << "the limit of lines a second is shared";
  EXPECT_EQ(listener_.lines[19].text.size(), kMaxLogBytes);
}

TEST_F(InstanceHostTest, KeepsCountsAndHealthUntilTheyAreFetched) {
  for (int i = 0; i < 1'000; ++i) c()->count(c(), to_str("rejected"), 2);
  c()->health(c(), TELLTALE_HEALTH_FAILING, to_str("no answer"));
  c()->health(c(), TELLTALE_HEALTH_OK, {});
  EXPECT_EQ(listener_.changes, 1) << "told once, whatever comes before it is fetched";
  const auto changes = host_->take_changes();
  ASSERT_TRUE(changes.health && changes.counters);
  EXPECT_EQ(changes.health->health, TELLTALE_HEALTH_OK);
  EXPECT_EQ(changes.counters->totals.at("rejected"), 2'000U);
  EXPECT_FALSE(host_->take_changes().health.has_value());
  c()->health(c(), TELLTALE_HEALTH_OK, {});
  EXPECT_EQ(listener_.changes, 1) << "the same again is no change";
  for (int i = 0; i < 100; ++i) c()->count(c(), to_str("n" + std::to_string(i)), 1);
  EXPECT_EQ(host_->take_changes().counters->totals.size(), kMaxCounters);
}

TEST_F(InstanceHostTest, KeepsTheLastRefusedPayloadAndCountsEachReason) {
  const auto* refusals =
      static_cast<const telltale_draft_refusal_1*>(c()->get_interface(c(), TELLTALE_DRAFT_REFUSAL_1));
  ASSERT_NE(refusals, nullptr);
  EXPECT_FALSE(host_->take_changes().refused.has_value());
  const std::string megabyte(1'048'576, 'x');
  const telltale_refusal first{to_str("payload.too_large"), to_str("a/b"), {}, to_str(megabyte)};
  for (int i = 0; i < 1'000; ++i) refusals->refuse(c(), &first);
  EXPECT_EQ(listener_.changes, 1) << "told once, whatever comes before it is fetched";
  auto refused = host_->take_changes().refused;
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->bytes, megabyte.size());
  EXPECT_EQ(refused->payload, std::string(kMaxRefusedBytes, 'x') + "…");
  EXPECT_EQ(refused->at, bench_.clock.boot_now().time_since_epoch().count());
  const telltale_refusal second{to_str("payload.not_json"), to_str("a/\n"), to_str("at byte 1"),
                                to_str(std::string_view("<b>\0\xff\\", 6))};
  refusals->refuse(c(), &second);
  refused = host_->take_changes().refused;
  EXPECT_EQ(refused->reasons,
            (std::map<std::string, std::uint64_t>{{"payload.not_json", 1}, {"payload.too_large", 1'000}}));
  EXPECT_EQ(refused->reason, "payload.not_json");
  EXPECT_EQ(refused->source, "a/\\n");
  EXPECT_EQ(refused->detail, "at byte 1");
  EXPECT_EQ(refused->payload, "<b>\\x00\\xff\\\\");
  EXPECT_FALSE(host_->take_changes().refused.has_value());
}

TEST_F(InstanceHostTest, TellsARefusalFromNonsenseAndEndlessReasons) {
  const auto* refusals =
      static_cast<const telltale_draft_refusal_1*>(c()->get_interface(c(), TELLTALE_DRAFT_REFUSAL_1));
  refusals->refuse(c(), nullptr);
  EXPECT_FALSE(host_->take_changes().refused.has_value());
  const telltale_refusal nowhere{{nullptr, 9}, {nullptr, 1U << 30U}, {nullptr, 7}, {nullptr, 5}};
  refusals->refuse(c(), &nowhere);
  EXPECT_EQ(host_->take_changes().refused->payload, "");
  for (int i = 0; i < 100; ++i) {
    const std::string reason = "r" + std::to_string(i);
    const telltale_refusal refusal{to_str(reason), {}, {}, {}};
    refusals->refuse(c(), &refusal);
  }
  const auto refused = host_->take_changes().refused;
  EXPECT_EQ(refused->reasons.size(), kMaxRefusalReasons + 1);
  EXPECT_EQ(refused->reasons.at(std::string(kOtherReasons)), 101 - kMaxRefusalReasons);
  EXPECT_EQ(refused->reason, "r99") << "the last one is named all the same";
}

TEST_F(InstanceHostTest, TheFirstReadingOfAStreamSaysThatItIsWell) {
  std::uint32_t number = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_GAUGE, number), TELLTALE_OK);
  const telltale_reading reading{1, 1, number, 0, 0};
  const telltale_reading unknown{1, 1, number + 9, 0, 0};
  host_->well_once_published();
  EXPECT_EQ(c()->publish(c(), nullptr, 0), TELLTALE_OK);
  EXPECT_EQ(c()->publish(c(), &unknown, 1), TELLTALE_E_INVALID);
  EXPECT_FALSE(host_->take_changes().health.has_value()) << "nothing was published";
  EXPECT_EQ(c()->publish(c(), &reading, 1), TELLTALE_OK);
  EXPECT_EQ(listener_.changes, 1);
  EXPECT_EQ(host_->take_changes().health->health, TELLTALE_HEALTH_OK);
  EXPECT_EQ(c()->publish(c(), &reading, 1), TELLTALE_OK);
  EXPECT_FALSE(host_->take_changes().health.has_value()) << "once";
}

TEST_F(InstanceHostTest, AReadingFromBeforeTheLoopSaysSoWhenItRuns) {
  std::uint32_t number = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_EVENT, number), TELLTALE_OK);
  const telltale_reading reading{1, 1, number, 0, 0};
  EXPECT_EQ(c()->publish_text(c(), &reading, to_str("made")), TELLTALE_OK);
  EXPECT_FALSE(host_->take_changes().health.has_value()) << "what polls says with its answers how it is";
  host_->well_once_published();
  EXPECT_EQ(host_->take_changes().health->health, TELLTALE_HEALTH_OK);
}

TEST_F(InstanceHostTest, AReadingDoesNotOverrideWhatAStreamSaysOfItself) {
  std::uint32_t number = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_GAUGE, number), TELLTALE_OK);
  const telltale_reading reading{1, 1, number, 0, 0};
  host_->well_once_published();
  c()->health(c(), TELLTALE_HEALTH_CONNECTING, to_str("looking for it"));
  EXPECT_EQ(c()->publish(c(), &reading, 1), TELLTALE_OK);
  EXPECT_EQ(host_->take_changes().health->health, TELLTALE_HEALTH_CONNECTING);
}

TEST_F(InstanceHostTest, TakesReadingsFromManyThreads) {
  std::uint32_t number = 0;
  ASSERT_EQ(declare("x", TELLTALE_KIND_GAUGE, number), TELLTALE_OK);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 200; ++i) {
        const telltale_reading reading{0, thread * 1'000.0 + i, number, 0, 0};
        EXPECT_EQ(c()->publish(c(), &reading, 1), TELLTALE_OK);
        c()->count(c(), to_str("n"), 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  bench_.drain_all(*source_);
  EXPECT_EQ(bench_.collector.readings.size(), 800U);
  EXPECT_EQ(source_->counters().corrupt, 0U);
  EXPECT_EQ(host_->take_changes().counters->totals.at("n"), 800U);
}

}  // namespace
}  // namespace telltale::host
