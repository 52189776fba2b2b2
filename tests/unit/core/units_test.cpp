#include "daemon/core/units.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace telltale::core {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsWhatUsersWrite) {
  const std::vector<std::pair<std::string, Duration>> cases = {{"250ms", 250ms},
                                                               {"10s", 10s},
                                                               {"5m", 5min},
                                                               {"12h", 12h},
                                                               {"30d", 720h},
                                                               {"1h30m", 90min},
                                                               {"1.5s", 1500ms},
                                                               {"1m0.25s", 60250ms},
                                                               {"0", 0s},
                                                               {"0s", 0s},
                                                               {"7ns", 7ns},
                                                               {"7us", 7us},
                                                               {"7µs", 7us},
                                                               {"1d1h1m1s1ms", 90061001ms},
                                                               {"0.1ms", 100us},
                                                               {"0.123456789s", 123456789ns},
                                                               {"0.1234567891s", 123456789ns},
                                                               {"106751d", 106751 * 24h}};
  for (const auto& [text, expected] : cases) {
    const auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text << ": " << duration.error().text();
    EXPECT_EQ(*duration, expected) << text;
  }
}

TEST(Duration, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 "s",
                                 "10",
                                 "-1s",
                                 "+1s",
                                 "1 s",
                                 " 1s",
                                 "1s ",
                                 "1S",
                                 "1sec",
                                 "1.s",
                                 ".5s",
                                 "1.5",
                                 "1e3s",
                                 "30m1h",
                                 "1s1s",
                                 "1.5h30m",
                                 "1..5s",
                                 "1h1",
                                 "106752d",
                                 "99999999999999999999s",
                                 "106751d86400s",
                                 "1w",
                                 "1µ",
                                 "1s\n",
                                 "0x10s",
                                 "1m\xff"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().code, ErrorCode::kInvalid);
  }
}

TEST(Duration, IsWrittenInWholeUnits) {
  const std::vector<std::pair<Duration, std::string>> cases = {{0s, "0s"},
                                                               {10s, "10s"},
                                                               {1500ms, "1500ms"},
                                                               {90min, "1h30m"},
                                                               {24h, "1d"},
                                                               {36h, "1d12h"},
                                                               {60s, "1m"},
                                                               {90s, "1m30s"},
                                                               {1ns, "1ns"},
                                                               {1500ns, "1500ns"},
                                                               {3600s + 5ms, "3600005ms"},
                                                               {-10s, "-10s"}};
  for (const auto& [duration, text] : cases) EXPECT_EQ(format_duration(duration), text);
  EXPECT_EQ(format_duration(Duration::min()), "-9223372036854775808ns");
}

RC_GTEST_PROP(DurationProperty, TextReadsBackExactly, ()) {
  const auto count = *rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max()),
      rc::gen::map(rc::gen::inRange<std::int64_t>(0, 9'000'000'000), [](std::int64_t s) { return s * 1'000'000'000; }));
  const auto back = parse_duration(format_duration(Duration(count)));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->count() == count);
}

RC_GTEST_PROP(DurationProperty, NeverNegativeWhateverIsWritten, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789.smhdnu-")));
  const auto duration = parse_duration(text);
  if (duration) RC_ASSERT(duration->count() >= 0);
}

TEST(Size, ReadsPowersOfThousandAndOf1024) {
  const std::vector<std::pair<std::string, std::uint64_t>> cases = {{"512MB", 512'000'000},
                                                                    {"2GB", 2'000'000'000},
                                                                    {"64KiB", 65'536},
                                                                    {"4096", 4096},
                                                                    {"0", 0},
                                                                    {"7B", 7},
                                                                    {"1.5KiB", 1536},
                                                                    {"1.5kB", 1500},
                                                                    {"2gib", 2'147'483'648},
                                                                    {"3TB", 3'000'000'000'000},
                                                                    {"1TiB", 1ULL << 40U}};
  for (const auto& [text, expected] : cases) {
    const auto size = parse_size(text);
    ASSERT_TRUE(size) << text << ": " << size.error().text();
    EXPECT_EQ(*size, expected) << text;
  }
}

TEST(Size, RefusesEverythingElse) {
  for (const std::string text : {"", "MB", "-1MB", "1 MB", "1M", "1.5", "1.B", "1.MB", "9999999999999999999999",
                                 "9999999TiB", "1XB", "0x10", "1MB\n", "1e3"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

constexpr WallTime kNow = from_ms(1'772'366'400'123);  // 2026-03-01T12:00:00.123Z

TEST(Time, ReadsMillisecondsRfc3339AndNow) {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"1772366400123", 1'772'366'400'123},
      {"0", 0},
      {"-1000", -1000},
      {"2026-03-01T12:00:00Z", 1'772'366'400'000},
      {"2026-03-01t12:00:00.5z", 1'772'366'400'500},
      {"2026-03-01 13:30:00+01:30", 1'772'366'400'000},
      {"2026-03-01T06:00:00.123456789-06:00", 1'772'366'400'123},
      {"2016-12-31T23:59:60Z", 1'483'228'800'000},
      {"1969-12-31T23:59:59Z", -1000},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000},
      {"now", 1'772'366'400'123},
      {"now-5m", 1'772'366'100'123},
      {"now+1h", 1'772'370'000'123},
      {"now-1h+30m", 1'772'364'600'123},
      {"now/d", 1'772'323'200'000},
      {"now/h", 1'772'366'400'000},
      {"now/m", 1'772'366'400'000},
      {"now-1d/d", 1'772'236'800'000},
      {"now-1h30m", 1'772'361'000'123}};
  for (const auto& [text, expected] : cases) {
    const auto time = parse_time(text, kNow);
    ASSERT_TRUE(time) << text << ": " << time.error().text();
    EXPECT_EQ(to_ms(*time), expected) << text;
  }
}

TEST(Time, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 "noww",
                                 "now-",
                                 "now--5m",
                                 "now-5",
                                 "now/w",
                                 "now/d/d",
                                 "now/d-5m",
                                 "now -5m",
                                 "Now",
                                 "yesterday",
                                 "1.5",
                                 "12e3",
                                 "2026-03-01",
                                 "2026-03-01T12:00Z",
                                 "2026-03-01T12:00:00",
                                 "2026-02-30T12:00:00Z",
                                 "2025-02-29T12:00:00Z",
                                 "2026-13-01T12:00:00Z",
                                 "2026-03-01T24:00:00Z",
                                 "2026-03-01T12:60:00Z",
                                 "2026-03-01T12:00:61Z",
                                 "2026-03-01T12:00:00.Z",
                                 "2026-03-01T12:00:00+1:00",
                                 "2026-03-01T12:00:00Zx",
                                 "1500-01-01T00:00:00Z",
                                 "9999-01-01T00:00:00Z",
                                 "9223372036855",
                                 "-9223372036855",
                                 "99999999999999999999",
                                 "now-106751d-106751d-106751d"}) {
    EXPECT_FALSE(parse_time(text, kNow)) << text;
  }
}

TEST(Time, RoundsTowardsTheEarlierAlsoBefore1970) {
  EXPECT_EQ(to_ms(*parse_time("now/d", from_ms(-1))), -86'400'000);
  EXPECT_EQ(format_time(from_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Time, IsWrittenInUtcWithMilliseconds) { EXPECT_EQ(format_time(kNow), "2026-03-01T12:00:00.123Z"); }

RC_GTEST_PROP(TimeProperty, TextReadsBack, ()) {
  const auto ms = *rc::gen::inRange<std::int64_t>(-9'200'000'000'000, 9'200'000'000'000);
  const auto back = parse_time(format_time(from_ms(ms)), kNow);
  RC_ASSERT(back.has_value());
  RC_ASSERT(to_ms(*back) == ms);
}

}  // namespace
}  // namespace telltale::core
