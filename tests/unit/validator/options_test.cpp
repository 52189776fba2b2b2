#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <telltale/cpp/options.hpp>

#include "sdk/validator/option_table.h"
#include "sdk/validator/option_values.h"

namespace telltale::validator {
namespace {

constexpr telltale_str kColours[] = {to_str("red"), to_str("blue")};
constexpr telltale_option kPoint[] = {
    Option::text("name", "Its name.").required(),
    Option::integer("unit", "Unit id.").range(1, 247).by_default("7"),
    Option::text("colour", "Its colour.").one_of(kColours),
};
constexpr telltale_option kTable[] = {
    Option::duration("every", "Time between readings.").by_default("1m30s").range(1e9, 1e12),
    Option::text("names", "Names.").list().by_default("[a, 'b c']"),
    Option::section("points", "What to read.", kPoint).list().required(),
    Option::section("limits", "Limits.", kPoint),
    Option::path("file", "A file.").required(),
};

Options tree_of(const ValueTree& tree) { return Options(tree.root()); }

TEST(ValueTree, HasDefaultsAndMakesUpWhatIsRequired) {
  const ValueTree tree(kTable, std::size(kTable), {}, testing::TempDir());
  const Options options = tree_of(tree);
  EXPECT_EQ(options.duration("every"), std::chrono::seconds(90));
  EXPECT_EQ(options.texts("names"), (std::vector<std::string>{"a", "b c"}));
  ASSERT_EQ(options.items("points").size(), 1U);
  EXPECT_EQ(options.items("points")[0].text("name"), "validator");
  EXPECT_EQ(options.items("points")[0].integer("unit"), 7);
  EXPECT_FALSE(options.items("points")[0].has("colour"));
  EXPECT_FALSE(options.has("limits"));
  EXPECT_EQ(tree.made_up(), (std::vector<std::string>{"points.name", "file"}));
  EXPECT_EQ(tree.paths(), (std::vector<std::string>{testing::TempDir() + "/file"}));
}

TEST(ValueTree, TakesWhatIsGiven) {
  const ValueTree::Given given{
      {"points.name", "oil"}, {"limits.unit", "9"}, {"names", "[x]"}, {"file", "/dev/ttyUSB0"}};
  const ValueTree tree(kTable, std::size(kTable), given, testing::TempDir());
  const Options options = tree_of(tree);
  EXPECT_EQ(options.items("points")[0].text("name"), "oil");
  EXPECT_EQ(options.at("limits").integer("unit"), 9);
  EXPECT_EQ(options.texts("names"), (std::vector<std::string>{"x"}));
  EXPECT_EQ(options.text("file"), "/dev/ttyUSB0");
  EXPECT_EQ(tree.paths(), (std::vector<std::string>{"/dev/ttyUSB0"}));
}

TEST(ValueTree, PutsOneOptionToItsExtreme) {
  const auto with = [](const char* path, Extreme extreme) {
    return ValueTree(kTable, std::size(kTable), {}, testing::TempDir(), Variation{path, extreme});
  };
  EXPECT_EQ(tree_of(with("every", Extreme::kHighest)).integer("every"), 1'000'000'000'000);
  EXPECT_EQ(tree_of(with("every", Extreme::kLowest)).integer("every"), 1'000'000'000);
  EXPECT_EQ(tree_of(with("points", Extreme::kLongList)).items("points").size(), 100U);
  EXPECT_TRUE(tree_of(with("names", Extreme::kEmptyList)).items("names").empty());
  const ValueTree longest = with("points.name", Extreme::kLongText);
  EXPECT_EQ(tree_of(longest).items("points")[0].text("name").size(), 65'536U);
  EXPECT_EQ(tree_of(with("limits.colour", Extreme::kHighest)).at("limits").text("colour"), "blue");
}

TEST(ValueTree, EveryVariationOfATableCanBeMade) {
  const auto all = variations_of(kTable, std::size(kTable));
  EXPECT_GT(all.size(), 20U);
  for (const Variation& variation : all) {
    const ValueTree tree(kTable, std::size(kTable), {}, testing::TempDir(), variation);
    EXPECT_EQ(tree.root().child_count, std::size(kTable)) << variation.text();
  }
}

TEST(Defaults, AreReadAsYamlWouldBe) {
  struct Row {
    telltale_option option;
    const char* text;
    bool fits;
  };
  const auto integer = Option::integer("a", "").range(1, 247);
  const Row table[] = {
      {integer, "1", true},
      {integer, "0", false},
      {integer, "1.5", false},
      {integer, "x", false},
      {Option::boolean("a", ""), "yes", true},
      {Option::boolean("a", ""), "maybe", false},
      {Option::number("a", ""), "-1e3", true},
      {Option::number("a", ""), "", false},
      {Option::duration("a", ""), "250ms", true},
      {Option::duration("a", ""), "1h30m", true},
      {Option::duration("a", ""), "90", false},
      {Option::duration("a", ""), "5 s", false},
      {Option::size("a", ""), "512MB", true},
      {Option::size("a", ""), "64KiB", true},
      {Option::size("a", ""), "1XB", false},
      {Option::text("a", "").one_of(kColours), "red", true},
      {Option::text("a", "").one_of(kColours), "'red'", true},
      {Option::text("a", "").one_of(kColours), "green", false},
  };
  for (const Row& row : table) {
    EXPECT_EQ(parse_value(row.option, row.text).has_value(), row.fits) << row.option.type << ' ' << row.text;
  }
  EXPECT_EQ(default_problem(Option::section("a", "", kPoint).by_default("{}")), "");
  EXPECT_NE(default_problem(Option::section("a", "", kPoint).by_default("[]")), "");
  EXPECT_EQ(default_problem(Option::section("a", "", kPoint).list().by_default("[]")), "");
  EXPECT_NE(default_problem(Option::text("a", "").list().one_of(kColours).by_default("[red, green]")), "");
}

TEST(OptionTable, IsLookedThroughWithoutTrust) {
  EXPECT_EQ(table_problem(kTable, std::size(kTable)), "");
  EXPECT_EQ(table_problem(nullptr, 0), "");
  EXPECT_NE(table_problem(nullptr, 1), "");
  const auto problem_with = [](auto&& spoil) {
    telltale_option option = Option::text("label", "What is written on it.");
    spoil(option);
    return table_problem(&option, 1);
  };
  EXPECT_EQ(problem_with([](telltale_option&) {}), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.name = to_str("La bel"); }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.name.size = UINT64_MAX; }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.type = 8; }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.type = 0; }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.flags = 1U << 30U; }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.help = {nullptr, 7}; }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.choice_count = 3; }), "");
  EXPECT_NE(problem_with([](telltale_option& option) { option.child_count = 3; }), "");
  const telltale_option twice[] = {Option::text("a", "A."), Option::text("a", "A.")};
  EXPECT_NE(table_problem(twice, 2), "");
  telltale_option circle = Option::section("a", "A.", {});
  circle.children = &circle;
  circle.child_count = 1;
  EXPECT_NE(table_problem(&circle, 1), "");
}

}  // namespace
}  // namespace telltale::validator
