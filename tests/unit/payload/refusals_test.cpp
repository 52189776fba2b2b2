#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/payload/refusals.hpp>

#include "tests/support/fake_host.h"

namespace telltale::payload {
namespace {

using test::FakeHost;
using ::testing::HasSubstr;

TEST(Refusals, CountsEachHandsAllOverAndLogsOneNowAndThen) {
  FakeHost host(std::span<const telltale_option>{});
  Refusals refusals(host.host());
  Refusals frames(host.host(), "frames");
  const std::string payload = "\x01<b>\"" + std::string(1'000, 'x');
  refusals.add("not_json", "a/b", payload, "at byte 1");
  refusals.add("not_json", "a/b", payload);
  frames.add("wrong_checksum", "", "torn");
  EXPECT_EQ(host.counted("payload.not_json"), 2U);
  EXPECT_EQ(host.counted("frames.wrong_checksum"), 1U);
  const auto refused = host.refused();
  ASSERT_EQ(refused.size(), 3U);
  EXPECT_EQ(refused[0].reason, "payload.not_json");
  EXPECT_EQ(refused[0].source, "a/b");
  EXPECT_EQ(refused[0].detail, "at byte 1");
  EXPECT_EQ(refused[0].payload, payload) << "as it came: the host escapes and cuts";
  EXPECT_EQ(refused[2].reason, "frames.wrong_checksum");
  EXPECT_EQ(refused[2].source, "");
  ASSERT_EQ(host.log().size(), 2U) << "one of each book";
  EXPECT_THAT(host.log()[0].text, HasSubstr(R"((not_json): at byte 1: from "a/b", payload "\x01<b>\"xxx)"));
  EXPECT_LT(host.log()[0].text.size(), 300U);
  host.advance(std::chrono::seconds(11));
  refusals.add("not_json", "a/b", payload);
  EXPECT_THAT(host.log().back().text, HasSubstr("(and 1 before it)"));
}

TEST(Refusals, KnowsThePayloadThatIsBeingHandled) {
  FakeHost host(std::span<const telltale_option>{});
  Refusals refusals(host.host());
  refusals.handle("a/b", "true");
  refusals.add_at_hand("kind_changed");
  ASSERT_EQ(host.refused().size(), 1U);
  EXPECT_EQ(host.refused()[0].source, "a/b");
  EXPECT_EQ(host.refused()[0].payload, "true");
  EXPECT_EQ(host.counted("payload.kind_changed"), 1U);
}

TEST(Refusals, AHostOfAnEarlierVersionShowsTheCounter) {
  FakeHost host(std::span<const telltale_option>{});
  host.forget_interfaces();
  Refusals refusals(host.host());
  refusals.add("not_json", "a/b", "{");
  EXPECT_EQ(host.counted("payload.not_json"), 1U);
  EXPECT_EQ(host.refused().size(), 0U);
  EXPECT_EQ(host.log().size(), 1U);
}

}  // namespace
}  // namespace telltale::payload
