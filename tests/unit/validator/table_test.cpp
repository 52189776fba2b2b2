#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sdk/validator/case.h"
#include "sdk/validator/stage.h"

namespace telltale::validator {
namespace {

TEST(Cases, AreNamedOnceAndSayWhatTheyProveAndWhatToDo) {
  std::set<std::string_view> ids;
  for (const CaseInfo& one : list_cases()) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id;
    EXPECT_NE(one.id.find('.'), std::string_view::npos) << one.id;
    EXPECT_TRUE(one.sentence.ends_with('.') || one.sentence.ends_with(')')) << one.id;
    EXPECT_FALSE(one.mend.empty()) << one.id;
  }
  EXPECT_GE(ids.size(), 30U);
}

TEST(Cases, WaitOnlyForCasesThatThereAre) {
  const auto all = all_cases();
  for (const Case* one : all) {
    for (const std::string_view id : one->after) {
      const bool known =
          id.empty() || std::any_of(all.begin(), all.end(), [&](auto* other) { return other->info.id == id; });
      EXPECT_TRUE(known) << one->info.id << " waits for " << id;
      EXPECT_NE(one->info.id, id);
    }
  }
}

TEST(Stage, KeepsTheFirstVerdictAndCutsWhatIsLong) {
  const SharedStage stage;
  stage->finish(1, std::string(10'000, 'x'));
  stage->finish(0, "later");
  EXPECT_EQ(stage->status, 1U);
  EXPECT_EQ(stage->detail.get(), std::string(2'047, 'x'));
}

}  // namespace
}  // namespace telltale::validator
