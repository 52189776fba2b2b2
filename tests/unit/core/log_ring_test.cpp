#include "daemon/core/log_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"

namespace telltale::core {
namespace {

using test::ManualClock;

std::vector<std::string> texts(const LogRing::Lines& lines) {
  std::vector<std::string> out;
  for (const LogLine& line : lines.lines) out.push_back(line.text);
  return out;
}

TEST(LogRing, KeepsTheLastLinesAndSaysHowManyAreGone) {
  LogRing ring;
  for (std::size_t i = 0; i < LogRing::kMostLines + 5; ++i) {
    ring.add(from_ms(static_cast<std::int64_t>(i)), LogLevel::kInfo, "net", std::to_string(i));
  }
  const auto all = ring.lines(0, LogLevel::kDebug, LogRing::kMostLines);
  ASSERT_EQ(all.lines.size(), LogRing::kMostLines);
  EXPECT_EQ(all.lines.front().text, "5");
  EXPECT_EQ(all.next, LogRing::kMostLines + 5);
  EXPECT_EQ(all.gone, 5U);
  EXPECT_EQ(texts(ring.lines(1'003, LogLevel::kDebug, 10)), (std::vector<std::string>{"1003", "1004"}));
  EXPECT_EQ(texts(ring.lines(0, LogLevel::kDebug, 2)), (std::vector<std::string>{"1003", "1004"})) << "the newest";
  EXPECT_EQ(ring.lines(all.next, LogLevel::kDebug, 10).gone, 0U);
}

TEST(LogRing, IsBoundedInBytesAndCutsALine) {
  LogRing ring;
  const std::string longer(10 * LogRing::kMostOfALine, 'x');
  for (std::size_t i = 0; i < LogRing::kMostLines; ++i) ring.add({}, LogLevel::kInfo, "part", longer);
  const auto all = ring.lines(0, LogLevel::kDebug, LogRing::kMostLines);
  std::size_t bytes = 0;
  for (const LogLine& line : all.lines) bytes += line.part.size() + line.text.size();
  EXPECT_LE(bytes, LogRing::kMostBytes);
  EXPECT_EQ(all.lines.front().text.size(), LogRing::kMostOfALine);
  EXPECT_EQ(all.gone + all.lines.size(), LogRing::kMostLines);
}

TEST(LogRing, TakesWhatTheSinkTakesAndChoosesByLevel) {
  const ManualClock clock;
  auto ring = std::make_shared<LogRing>();
  testing::internal::CaptureStderr();
  const Logger log(make_ring_sink(make_stderr_sink(LogLevel::kInfo, LogFormat::kJournal), ring, clock), "store");
  log.error("one");
  log.info("two\nof two lines");
  log.debug("not told");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "<3>store: one\n<6>store: two\\nof two lines\n");
  EXPECT_EQ(texts(ring->lines(0, LogLevel::kDebug, 10)), (std::vector<std::string>{"one", "two\\nof two lines"}));
  const auto grave = ring->lines(0, LogLevel::kWarning, 10);
  ASSERT_EQ(grave.lines.size(), 1U);
  EXPECT_EQ(grave.lines[0].part, "store");
  EXPECT_EQ(grave.lines[0].time, clock.wall_now());
}

TEST(LogRing, LeavesSecretsOut) {
  LogRing ring;
  ring.add({}, LogLevel::kInfo, "mqtt", "connecting to mqtt://plant:hunter2@10.0.0.1:1883/a");
  EXPECT_EQ(ring.lines(0, LogLevel::kDebug, 1).lines.front().text, "connecting to mqtt://(left out)@10.0.0.1:1883/a");
}

}  // namespace
}  // namespace telltale::core
