#include "plugins/linux/codec/unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::linux_input {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(UnitState, EveryWordHasANumberOfItsOwn) {
  for (const auto& [number, name] : unit_states()) EXPECT_EQ(unit_state(name), number) << name;
  EXPECT_EQ(unit_state("failed"), kUnitFailed);
  for (const char* word : {"", "Active", "activ", "imagined"}) EXPECT_FALSE(unit_state(word)) << word;
}

TEST(UnitName, IsWholeAsForSystemctl) {
  const std::vector<std::pair<const char*, const char*>> cases{{"ssh", "ssh.service"},
                                                               {"ssh.service", "ssh.service"},
                                                               {"tmp.mount", "tmp.mount"},
                                                               {"getty@tty1", "getty@tty1.service"},
                                                               {"org.example.thing", "org.example.thing.service"},
                                                               {"getty@*", "getty@*"},
                                                               {"ss?", "ss?"}};
  for (const auto& [text, whole] : cases) EXPECT_EQ(whole_unit_name(text), whole);
}

TEST(UnitQuery, AsksForNamesAndPatternsApart) {
  const UnitQuery query = make_unit_query({{"ssh", "getty@*", "a[b]*", "tmp.mount"}, {"getty@tty6*", "tmp.mount"}});
  EXPECT_THAT(query.names, ElementsAre("ssh.service"));
  EXPECT_THAT(query.patterns, ElementsAre("getty@*", "a?b]*")) << "a bracket is a set of characters to the manager";
  EXPECT_TRUE(query.wanted.wants("a[b]c.service"));
  EXPECT_FALSE(query.wanted.wants("axb]c.service")) << "what it answers too much does not count";
  EXPECT_FALSE(query.wanted.wants("getty@tty6.service"));
}

TEST(UnitQuery, IsForAllServicesWithoutAWord) {
  const UnitQuery query = make_unit_query({{}, {"user@*"}});
  EXPECT_THAT(query.names, IsEmpty());
  EXPECT_THAT(query.patterns, ElementsAre("*.service"));
  EXPECT_FALSE(query.wanted.wants("user@1000.service"));
  EXPECT_FALSE(query.wanted.wants("tmp.mount"));
}

}  // namespace
}  // namespace telltale::linux_input
