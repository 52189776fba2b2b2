// What follows `telltale probe PLUGIN`.
#include "daemon/cli/probe_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/options.h>

namespace telltale::cli {
namespace {

using ::testing::HasSubstr;

core::OptionSpec spec(std::string name, std::uint32_t type, std::uint32_t flags = 0, std::string default_text = {}) {
  core::OptionSpec made;
  made.name = std::move(name);
  made.help = "help";
  made.type = type;
  made.flags = flags;
  made.default_text = std::move(default_text);
  return made;
}

const std::vector<core::OptionSpec>& table() {
  static const std::vector<core::OptionSpec> kTable{
      spec("count", TELLTALE_OPTION_INT, 0, "10"), spec("url", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED),
      spec("topics", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_LIST), spec("timeout", TELLTALE_OPTION_DURATION, 0, "1s")};
  return kTable;
}

const core::OptionValue& value_of(const core::OptionValue& section, std::string_view name) {
  for (const core::OptionValue& each : section.children) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "no option " << name;
  return section;
}

TEST(ProbeOptions, ABareWordIsTheFirstTextAndAUrlMayHoldAnEqualsSign) {
  const auto options = probe_options(table(), {"rtu:///dev/ttyUSB0?baud=9600", "count=3", "timeout=200ms"});
  ASSERT_TRUE(options) << options.error().text();
  EXPECT_EQ(value_of(*options, "url").text, "rtu:///dev/ttyUSB0?baud=9600");
  EXPECT_EQ(value_of(*options, "count").integer, 3);
  EXPECT_EQ(value_of(*options, "timeout").integer, 200'000'000);
}

TEST(ProbeOptions, ARepeatedKeyIsAListOrTheLastOne) {
  const auto options = probe_options(table(), {"topics=a/#", "url=x", "topics=b=c", "url=y"});
  ASSERT_TRUE(options) << options.error().text();
  const core::OptionValue& topics = value_of(*options, "topics");
  ASSERT_EQ(topics.children.size(), 2U);
  EXPECT_EQ(topics.children[0].text, "a/#");
  EXPECT_EQ(topics.children[1].text, "b=c");
  EXPECT_EQ(value_of(*options, "url").text, "y");
  EXPECT_EQ(value_of(*options, "count").integer, 10) << "the default";
}

TEST(ProbeOptions, EveryMistakeIsSaid) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{{{}, "url"},
                                                                            {{"x", "y"}, "url was given already"},
                                                                            {{"x", "coutn=3"}, "did you mean 'count'"},
                                                                            {{"x", "count=many"}, "count"},
                                                                            {{"x", "timeout=-1"}, "timeout"}};
  for (const auto& [arguments, said] : cases) {
    const auto options = probe_options(table(), arguments);
    ASSERT_FALSE(options) << said;
    EXPECT_EQ(options.error().code, core::ErrorCode::kInvalid);
    EXPECT_THAT(options.error().message, HasSubstr(said));
  }
  const auto none = probe_options({}, {"x"});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("KEY=VALUE"));
}

}  // namespace
}  // namespace telltale::cli
