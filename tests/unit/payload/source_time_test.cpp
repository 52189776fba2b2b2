#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/source_time.hpp>

namespace telltale::payload {
namespace {

struct Case {
  std::string_view text;
  SourceTimeUnit unit;
  std::optional<std::int64_t> time;
};

TEST(SourceTime, ReadsNumbersAndTexts) {
  constexpr auto kAuto = SourceTimeUnit::kAuto;
  const std::vector<Case> cases{{"1700000000", kAuto, 1'700'000'000'000'000'000},
                                {"1700000000123", kAuto, 1'700'000'000'123'000'000},
                                {"1700000000123456", kAuto, 1'700'000'000'123'456'000},
                                {"1700000000123456789", kAuto, 1'700'000'000'123'456'789},
                                {"1700000000.25", kAuto, 1'700'000'000'250'000'000},
                                {"1700000000.123456789123", kAuto, 1'700'000'000'123'456'789},
                                {"1.7e9", kAuto, 1'700'000'000'000'000'000},
                                {"1700000000123.5", SourceTimeUnit::kMilliseconds, 1'700'000'000'123'500'000},
                                {"5", SourceTimeUnit::kSeconds, 5'000'000'000},
                                {"5", SourceTimeUnit::kNanoseconds, 5},
                                {"-1.5", SourceTimeUnit::kSeconds, -1'500'000'000},
                                {"9223372036854775807", SourceTimeUnit::kNanoseconds, 9'223'372'036'854'775'807},
                                {"9223372036854775808", SourceTimeUnit::kNanoseconds, std::nullopt},
                                {"9223372036.9", SourceTimeUnit::kSeconds, std::nullopt},
                                {"1e40", kAuto, std::nullopt},
                                {"2023-11-14T22:13:20Z", kAuto, 1'700'000'000'000'000'000},
                                {"2023-11-14 22:13:20.5Z", kAuto, 1'700'000'000'500'000'000},
                                {"2023-11-15T00:13:20+02:00", kAuto, 1'700'000'000'000'000'000},
                                {"2023-11-14T16:43:20-0530", kAuto, 1'700'000'000'000'000'000},
                                {"2023-11-14t22:13:20.123456789123z", kAuto, 1'700'000'000'123'456'789},
                                {"1970-01-01T00:00:00Z", kAuto, 0},
                                {"2016-12-31T23:59:60Z", kAuto, 1'483'228'800'000'000'000},
                                {"2024-02-29T00:00:00Z", kAuto, 1'709'164'800'000'000'000},
                                {"2023-02-29T00:00:00Z", kAuto, std::nullopt},
                                {"2023-11-14T22:13:20", kAuto, std::nullopt},
                                {"2023-11-14", kAuto, std::nullopt},
                                {"2023-13-14T22:13:20Z", kAuto, std::nullopt},
                                {"2023-11-14T24:00:00Z", kAuto, std::nullopt},
                                {"2023-11-14T22:13:20.Z", kAuto, std::nullopt},
                                {"2023-11-14T22:13:20Zx", kAuto, std::nullopt},
                                {"9999-01-01T00:00:00Z", kAuto, std::nullopt},
                                {"now", kAuto, std::nullopt},
                                {"", kAuto, std::nullopt},
                                {"nan", kAuto, std::nullopt}};
  for (const Case& row : cases) EXPECT_EQ(parse_source_time(row.text, row.unit), row.time) << row.text;
}

TEST(SourceTime, ReadsBackWhatWasWritten) {
  EXPECT_TRUE(rc::check([](std::int64_t time) {
    RC_ASSERT(parse_source_time(std::to_string(time), SourceTimeUnit::kNanoseconds) == time ||
              time == std::numeric_limits<std::int64_t>::min());
  }));
}

TEST(SourceTime, EndsOnAnyBytes) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789-+:.TZe ")));
    (void)parse_source_time(text, SourceTimeUnit::kAuto);
  }));
}

}  // namespace
}  // namespace telltale::payload
