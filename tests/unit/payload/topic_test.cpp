#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <telltale/payload/name_template.hpp>
#include <telltale/payload/series_name.hpp>

namespace telltale::payload {
namespace {

using ::testing::HasSubstr;

TopicFilter filter_of(std::string_view text) {
  auto parsed = TopicFilter::parse(text);
  if (auto* reason = std::get_if<std::string>(&parsed)) throw std::invalid_argument(*reason);
  return std::get<TopicFilter>(std::move(parsed));
}

bool matches(std::string_view filter, std::string_view topic) {
  TopicLevels levels;
  return split_topic(topic, levels) && filter_of(filter).matches(levels);
}

struct Match {
  std::string_view filter;
  std::string_view topic;
  bool matches;
};

TEST(TopicFilter, MatchesAsTheBrokerDoes) {
  // The examples of MQTT 3.1.1, sections 4.7.1 to 4.7.3, and the names that Telltale adds.
  const std::vector<Match> cases{
      {"sport/tennis/player1/#", "sport/tennis/player1", true},
      {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
      {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
      {"sport/#", "sport", true},
      {"#", "anything/at/all", true},
      {"sport/tennis/+", "sport/tennis/player1", true},
      {"sport/tennis/+", "sport/tennis/player1/ranking", false},
      {"sport/+", "sport", false},
      {"sport/+", "sport/", true},
      {"+/+", "/finance", true},
      {"/+", "/finance", true},
      {"+", "/finance", false},
      {"#", "$SYS/broker/load", false},
      {"+/monitor/Clients", "$SYS/monitor/Clients", false},
      {"$SYS/#", "$SYS/broker/load", true},
      {"$SYS/monitor/+", "$SYS/monitor/Clients", true},
      {"ACCOUNTS", "Accounts", false},
      {"plant/{line}/{sensor}", "plant/1/oil", true},
      {"plant/{line}/{sensor}", "plant/1", false},
      {"$share/group/plant/+", "plant/1", true},
  };
  for (const Match& row : cases) EXPECT_EQ(matches(row.filter, row.topic), row.matches) << row.filter << row.topic;
}

TEST(TopicFilter, SubscribesWithWildcards) {
  EXPECT_EQ(filter_of("plant/+/{sensor}").subscription(), "plant/+/+");
  EXPECT_EQ(filter_of("plant/{line}/#").subscription(), "plant/+/#");
  EXPECT_EQ(filter_of("#").subscription(), "#");
  EXPECT_EQ(filter_of("/a//b/").subscription(), "/a//b/");
  EXPECT_EQ(filter_of("$share/g/a/{b}").subscription(), "$share/g/a/+");
}

TEST(TopicFilter, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string_view>> cases{{"", "empty"},
                                                                    {"a/#/b", "nothing can come after"},
                                                                    {"a/b#", "mixes"},
                                                                    {"a/b+", "mixes"},
                                                                    {"a/x{y}", "mixes"},
                                                                    {"a/{}", "named level"},
                                                                    {"a/{1}", "named level"},
                                                                    {"{a}/{a}", "two levels"},
                                                                    {"$share/g", "$share/GROUP/TOPIC"},
                                                                    {std::string("a\0b", 3), "zero byte"},
                                                                    {std::string(2'000, 'a'), "longer"},
                                                                    {std::string(70, '/'), "64 levels"}};
  for (const auto& [text, reason] : cases) {
    const auto parsed = TopicFilter::parse(text);
    const auto* error = std::get_if<std::string>(&parsed);
    ASSERT_NE(error, nullptr) << text;
    EXPECT_THAT(*error, HasSubstr(std::string(reason))) << text;
  }
}

TEST(TopicFilter, KnowsWhichFiltersOverlap) {
  const std::vector<std::tuple<std::string_view, std::string_view, bool>> cases{
      {"a/b", "a/b", true},   {"a/b", "a/c", false},   {"a/+", "a/c", true}, {"a/+", "+/b", true},
      {"a/#", "a/b/c", true}, {"a/+", "a/b/c", false}, {"#", "x", true},     {"a/#", "a", true}};
  for (const auto& [one, other, expected] : cases) {
    EXPECT_EQ(filter_of(one).overlaps(filter_of(other)), expected) << one << " " << other;
    EXPECT_EQ(filter_of(other).overlaps(filter_of(one)), expected) << other << " " << one;
  }
}

std::string expand(std::string_view filter, std::string_view name, std::string_view topic) {
  auto parsed = NameTemplate::parse(name, filter_of(filter));
  if (auto* reason = std::get_if<std::string>(&parsed)) return "!" + *reason;
  TopicLevels levels;
  EXPECT_TRUE(split_topic(topic, levels));
  std::string expanded;
  std::get<NameTemplate>(parsed).expand(levels, expanded);
  return expanded;
}

TEST(NameTemplate, PutsLevelsIntoNames) {
  EXPECT_EQ(expand("plant/+/{sensor}", "{sensor}.{1}", "plant/press7/oil"), "oil.press7");
  EXPECT_EQ(expand("plant/+/{sensor}", "{0}-{2}", "plant/press7/oil"), "plant-oil");
  EXPECT_EQ(expand("plant/#", "p.{#}", "plant/a/b/c"), "p.a.b.c");
  EXPECT_EQ(expand("plant/#", "p.{#}", "plant"), "p._");
  EXPECT_EQ(expand("plant/#", "p.{2}", "plant/a"), "p._");
  EXPECT_EQ(expand("a/+", "{1}", "a/"), "_");
  EXPECT_EQ(expand("a/+", "{1}", "a/b=c,{d}\x01"), "b_c__d__");
  EXPECT_EQ(expand("a", "fixed", "a"), "fixed");
}

TEST(NameTemplate, SaysWhatIsWrong) {
  EXPECT_THAT(expand("a/{b}", "{c}", "a/x"), HasSubstr("no level of the topic is called so"));
  EXPECT_THAT(expand("a/+", "{2}", "a/x"), HasSubstr("{0} to {1}"));
  EXPECT_THAT(expand("a/+", "{#}", "a/x"), HasSubstr("no '#'"));
  EXPECT_THAT(expand("a/+", "{1", "a/x"), HasSubstr("around a level"));
  EXPECT_THAT(expand("a/+", "1}", "a/x"), HasSubstr("around a level"));
  EXPECT_THAT(expand("a/+", "x@y", "a/x"), HasSubstr("character '@'"));
  EXPECT_THAT(expand("a/+", "", "a/x"), HasSubstr("empty"));
}

TEST(NameTemplate, JoinsAWholeTopicWithDots) {
  TopicLevels levels;
  ASSERT_TRUE(split_topic("plant/press 7//oil@x", levels));
  std::string name;
  NameTemplate::whole_topic().expand(levels, name);
  EXPECT_EQ(name, "plant.press 7._.oil_x");
}

TEST(NameTemplate, MakesOnlyNamesThatTheHostTakes) {
  EXPECT_TRUE(rc::check([](const std::string& topic) {
    TopicLevels levels;
    if (!split_topic(topic, levels)) return;
    std::string name;
    NameTemplate::whole_topic().expand(levels, name);
    RC_ASSERT(!name.empty());
    for (const char c : name) RC_ASSERT(is_series_name_character(c));
  }));
}

TEST(TopicFilter, EveryTopicMatchesItself) {
  EXPECT_TRUE(rc::check([] {
    const auto topic = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab/ "))));
    RC_ASSERT(matches(topic, topic));
    RC_ASSERT(matches("#", topic));
  }));
}

}  // namespace
}  // namespace telltale::payload
