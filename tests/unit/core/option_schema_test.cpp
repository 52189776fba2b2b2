#include "daemon/core/option_schema.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/options.hpp>

namespace telltale::core {
namespace {

using telltale::Option;
using testing::HasSubstr;

// --- the copy of a foreign table ---

TEST(CopyOptions, KeepsEverythingOfAGoodTable) {
  static constexpr telltale_str kChoices[] = {{"json", 4}, {"text", 4}};
  static constexpr telltale_option kInner[] = {Option::text("topic", "Topic filter.").required(),
                                               Option::integer("qos", "QoS.").by_default("1").range(0, 2)};
  static constexpr telltale_option kTable[] = {
      Option::text("payload", "Form.").one_of(kChoices).by_default("json"),
      Option::duration("every", "Pause.").by_default("10s").range(1e6, 3.6e12).in_unit("s"),
      Option::section("subscribe", "Filters.", kInner).list(),
      Option::text("password", "Secret.").secret().deprecated()};
  const auto specs = copy_options(kTable, std::size(kTable));
  ASSERT_TRUE(specs) << specs.error().text();
  ASSERT_EQ(specs->size(), 4U);
  EXPECT_THAT((*specs)[0].choices, testing::ElementsAre("json", "text"));
  EXPECT_EQ((*specs)[1].maximum, 3.6e12);
  EXPECT_EQ((*specs)[2].children[1].default_text, "1");
  EXPECT_TRUE((*specs)[3].has(TELLTALE_OPTION_SECRET));
  EXPECT_TRUE(copy_options(nullptr, 0));
}

telltale_option plain(std::string_view name, std::uint32_t type = TELLTALE_OPTION_TEXT) {
  telltale_option option = Option::text(name, "Help.");
  option.type = type;
  return option;
}

TEST(CopyOptions, RefusesAHostileTable) {
  struct Case {
    std::string defect;
    telltale_option option;
    std::string reason;
  };
  std::vector<Case> cases;
  const auto add = [&cases](std::string defect, std::string reason,
                            const std::function<void(telltale_option&)>& spoil) {
    telltale_option option = plain("good");
    spoil(option);
    cases.push_back({std::move(defect), option, std::move(reason)});
  };
  static const std::string kLong(3'000, 'x');
  add("no name", "name", [](auto& o) { o.name = {nullptr, 0}; });
  add("capital in the name", "name", [](auto& o) { o.name = {"Url", 3}; });
  add("dash in the name", "name", [](auto& o) { o.name = {"a-b", 3}; });
  add("newline in the name", "control", [](auto& o) { o.name = {"a\nb", 3}; });
  add("name too long", "longer than 64", [](auto& o) { o.name = {kLong.data(), 65}; });
  add("name at NULL", "no text", [](auto& o) { o.name = {nullptr, 5}; });
  add("absurd length", "longer than", [](auto& o) { o.help = {"x", ~std::uint64_t{0}}; });
  add("help too long", "longer than", [](auto& o) { o.help = {kLong.data(), kLong.size()}; });
  add("unit that is no UTF-8", "UTF-8", [](auto& o) { o.unit = {"\xff", 1}; });
  add("type 0", "type 0", [](auto& o) { o.type = 0; });
  add("type 8", "type 8", [](auto& o) { o.type = 8; });
  add("choices at NULL", "choices", [](auto& o) { o.choice_count = 3; });
  add("too many choices", "256 choices", [](auto& o) { o.choice_count = ~0U; });
  add("children at NULL", "no options", [](auto& o) {
    o.type = TELLTALE_OPTION_SECTION;
    o.child_count = 1;
  });
  add("too many children", "256 options", [](auto& o) {
    o.type = TELLTALE_OPTION_SECTION;
    o.child_count = ~0U;
  });
  add("children of a text", "only a section", [](auto& o) { o.child_count = 1; });
  add("range that is no number", "range", [](auto& o) { o.minimum = std::numeric_limits<double>::quiet_NaN(); });
  add("default of another type", "default", [](auto& o) {
    o.type = TELLTALE_OPTION_INT;
    o.default_text = {"ten", 3};
  });
  add("default outside of its range", "default", [](auto& o) {
    o.type = TELLTALE_OPTION_INT;
    o.default_text = {"10", 2};
    o.minimum = 0;
    o.maximum = 5;
  });
  for (const auto& bad : cases) {
    const auto specs = copy_options(&bad.option, 1);
    ASSERT_FALSE(specs) << bad.defect;
    EXPECT_THAT(specs.error().text(), HasSubstr(bad.reason)) << bad.defect;
  }
  EXPECT_FALSE(copy_options(nullptr, 1));
  const telltale_option twins[] = {plain("same"), plain("same")};
  EXPECT_THAT(copy_options(twins, 2).error().text(), HasSubstr("declared twice"));
}

TEST(CopyOptions, StopsAtDepthEightAlsoInACircle) {
  telltale_option levels[9];
  for (int i = 0; i < 9; ++i) {
    levels[i] = plain("level", i == 0 ? TELLTALE_OPTION_TEXT : TELLTALE_OPTION_SECTION);
    if (i > 0) {
      levels[i].children = &levels[i - 1];
      levels[i].child_count = 1;
    }
  }
  EXPECT_TRUE(copy_options(&levels[7], 1));
  EXPECT_THAT(copy_options(&levels[8], 1).error().text(), HasSubstr("deeper than 8"));
  telltale_option circle = plain("self", TELLTALE_OPTION_SECTION);
  circle.children = &circle;
  circle.child_count = 1;
  EXPECT_FALSE(copy_options(&circle, 1));
}

TEST(CopyOptions, BoundsTheWholeTable) {
  std::vector<std::string> names;
  names.reserve(256);
  for (int i = 0; i < 256; ++i) names.push_back("o" + std::to_string(i));
  std::vector<telltale_option> leaves;
  leaves.reserve(names.size());
  for (const auto& name : names) leaves.push_back(plain(name));
  std::vector<telltale_option> sections;
  for (const auto& name : names) {
    telltale_option section = plain(name, TELLTALE_OPTION_SECTION);
    section.children = leaves.data();
    section.child_count = 256;
    sections.push_back(section);
  }
  EXPECT_THAT(copy_options(sections.data(), 256).error().text(), HasSubstr("2,048"));
}

// --- validation ---

ConfigNode scalar(std::string text, bool quoted = false) {
  ConfigNode node;
  node.type = ConfigNode::Type::kScalar;
  node.scalar = std::move(text);
  node.quoted = quoted;
  node.mark = {7, 9};
  return node;
}
ConfigNode keyed(std::string key, ConfigNode node) {
  node.key = std::move(key);
  node.key_mark = {7, 3};
  return node;
}
ConfigNode map(std::vector<ConfigNode> items) {
  ConfigNode node;
  node.type = ConfigNode::Type::kMap;
  node.children = std::move(items);
  node.mark = {6, 3};
  return node;
}
ConfigNode sequence(std::vector<ConfigNode> items) {
  ConfigNode node = map(std::move(items));
  node.type = ConfigNode::Type::kSequence;
  return node;
}

OptionSpec spec(std::string name, std::uint32_t type, std::uint32_t flags = 0) {
  OptionSpec made;
  made.name = std::move(name);
  made.type = type;
  made.flags = flags;
  return made;
}

struct Row {
  std::string what;
  OptionSpec option;
  ConfigNode node;
  std::string message;  // of the error; empty: none
  double number = 0;
};

OptionSpec ranged(OptionSpec made, double minimum, double maximum) {
  made.minimum = minimum;
  made.maximum = maximum;
  return made;
}

TEST(ValidateOptions, TakesAPlainValueForASectionThatHasAShortForm) {
  OptionSpec form = spec("form", TELLTALE_OPTION_TEXT);
  form.choices = {"json", "csv"};
  form.default_text = "json";
  OptionSpec columns = spec("columns", TELLTALE_OPTION_TEXT);
  columns.default_text = "a";
  OptionSpec payload = spec("payload", TELLTALE_OPTION_SECTION);
  payload.children = {form, columns};
  Diagnostics good;
  const auto value = validate_options({payload}, map({keyed("payload", scalar("csv"))}), good);
  EXPECT_FALSE(good.has_errors());
  ASSERT_EQ(value.children.at(0).children.size(), 2U);
  EXPECT_EQ(value.children[0].children[0].text, "csv");
  EXPECT_EQ(value.children[0].children[1].text, "a");
  Diagnostics mistyped;
  (void)validate_options({payload}, map({keyed("payload", scalar("cvs"))}), mistyped);
  ASSERT_EQ(mistyped.items().size(), 1U);
  EXPECT_THAT(mistyped.items()[0].message, HasSubstr("csv"));
  payload.children = {columns, form};  // the first is any text: a plain value could mean anything
  Diagnostics without;
  (void)validate_options({payload}, map({keyed("payload", scalar("csv"))}), without);
  ASSERT_EQ(without.items().size(), 1U);
  EXPECT_THAT(without.items()[0].message, HasSubstr("expected a section"));
}

TEST(ValidateOptions, ReadsScalarsInTheYamlStyle) {
  const auto number = spec("x", TELLTALE_OPTION_FLOAT);
  const auto whole = spec("x", TELLTALE_OPTION_INT);
  const auto flag = spec("x", TELLTALE_OPTION_BOOL);
  const auto duration = ranged(spec("x", TELLTALE_OPTION_DURATION), 1e6, 3.6e12);
  const auto size = ranged(spec("x", TELLTALE_OPTION_SIZE), 4096, 9.3e18);
  const std::vector<Row> rows = {
      {"float", number, scalar("1.5"), "", 1.5},
      {"exponent", number, scalar("-1e3"), "", -1000},
      {"plus", number, scalar("+2"), "", 2},
      {"hexadecimal", number, scalar("0x10"), "", 16},
      {"quoted number", number, scalar("1.5", true), "must be a number; '1.5' is not (quoted, it is a text)"},
      {"infinite", number, scalar(".inf"), "must be a number"},
      {"inf", number, scalar("inf"), "must be a number"},
      {"nan", number, scalar("nan"), "must be a number"},
      {"overflow", number, scalar("1e999"), "must be a number"},
      {"empty", number, scalar(""), "must be a number"},
      {"two signs", number, scalar("+-1"), "must be a number"},
      {"comma", number, scalar("1,5"), "must be a number"},
      {"int", whole, scalar("-42"), "", -42},
      {"octal", whole, scalar("0o17"), "", 15},
      {"int with exponent", whole, scalar("1e3"), "must be a whole number"},
      {"int with fraction", whole, scalar("1.0"), "must be a whole number"},
      {"int too large", whole, scalar("9223372036854775808"), "must be a whole number"},
      {"hex of nothing", whole, scalar("0x"), "must be a whole number"},
      {"hex negative", whole, scalar("0x-1"), "must be a whole number"},
      {"trailing", whole, scalar("10 "), "must be a whole number"},
      {"true", flag, scalar("true"), "", 1},
      {"on", flag, scalar("on"), "", 1},
      {"No", flag, scalar("No"), "", 0},
      {"quoted bool", flag, scalar("true", true), "must be true or false"},
      {"number as bool", flag, scalar("1"), "must be true or false"},
      {"duration", duration, scalar("10s"), "", 1e10},
      {"quoted duration", duration, scalar("10s", true), "", 1e10},
      {"bare duration", duration, scalar("10"), "is not a duration"},
      {"short duration", duration, scalar("1us"), "must be from 1ms to 1h; '1us' is not"},
      {"size", size, scalar("64KiB"), "", 65536},
      {"small size", size, scalar("1kB"), "must be at least 4096 bytes"},
      {"bad size", size, scalar("1M"), "is not a size"},
      {"list for a number", number, sequence({scalar("1")}), "must be a number, not a list"},
      {"section for a number", number, map({}), "must be a number, not a section"},
      {"range", ranged(whole, 1, 247), scalar("248"), "must be from 1 to 247; '248' is not"},
  };
  for (const auto& row : rows) {
    Diagnostics diagnostics;
    const auto value = validate_options({row.option}, map({keyed("x", row.node)}), diagnostics);
    if (row.message.empty()) {
      ASSERT_FALSE(diagnostics.has_errors()) << row.what << ": " << diagnostics.render("f", "");
      EXPECT_EQ(value.children.at(0).number, row.number) << row.what;
    } else {
      ASSERT_EQ(diagnostics.items().size(), 1U) << row.what;
      EXPECT_THAT(diagnostics.items()[0].message, HasSubstr(row.message)) << row.what;
      EXPECT_EQ(diagnostics.items()[0].mark.line, row.node.mark.line) << row.what;
    }
  }
}

TEST(ValidateOptions, GivesTypesAndIntegersAsTheAbiSays) {
  Diagnostics diagnostics;
  const auto value = validate_options(
      {spec("b", TELLTALE_OPTION_BOOL), spec("d", TELLTALE_OPTION_DURATION), spec("t", TELLTALE_OPTION_TEXT),
       spec("n", TELLTALE_OPTION_TEXT), spec("s", TELLTALE_OPTION_SECTION)},
      map({keyed("d", scalar("250ms")), keyed("t", scalar("007")), keyed("b", scalar("yes"))}), diagnostics);
  ASSERT_FALSE(diagnostics.has_errors());
  ASSERT_EQ(value.type, static_cast<std::uint32_t>(TELLTALE_VALUE_SECTION));
  ASSERT_EQ(value.children.size(), 5U);  // in the table's order
  EXPECT_EQ(value.children[0].type, static_cast<std::uint32_t>(TELLTALE_VALUE_BOOL));
  EXPECT_EQ(value.children[0].integer, 1);
  EXPECT_EQ(value.children[1].type, static_cast<std::uint32_t>(TELLTALE_VALUE_INT));
  EXPECT_EQ(value.children[1].integer, 250'000'000);
  EXPECT_EQ(value.children[2].text, "007");
  EXPECT_EQ(value.children[3].type, static_cast<std::uint32_t>(TELLTALE_VALUE_NULL));
  EXPECT_EQ(value.children[4].type, static_cast<std::uint32_t>(TELLTALE_VALUE_NULL));
  EXPECT_EQ(value.children[4].name, "s");
}

TEST(ValidateOptions, FillsDefaultsInsideSectionsAndLists) {
  auto qos = spec("qos", TELLTALE_OPTION_INT);
  qos.default_text = "1";
  auto every = spec("every", TELLTALE_OPTION_DURATION);
  every.default_text = "10s";
  auto words = spec("words", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_LIST);
  words.default_text = "[a, \"b, c\", 'd']";
  auto one = spec("one", TELLTALE_OPTION_INT, TELLTALE_OPTION_LIST);
  one.default_text = "5";
  auto none = spec("none", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_LIST);
  none.default_text = "[]";
  auto limits = spec("limits", TELLTALE_OPTION_SECTION);
  limits.default_text = "{}";
  limits.children = {every};
  auto subscribe = spec("subscribe", TELLTALE_OPTION_SECTION, TELLTALE_OPTION_LIST);
  subscribe.children = {spec("topic", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED), qos};
  Diagnostics diagnostics;
  const auto value = validate_options({words, one, none, limits, subscribe},
                                      map({keyed("subscribe", map({keyed("topic", scalar("a/#"))}))}), diagnostics);
  ASSERT_FALSE(diagnostics.has_errors()) << diagnostics.render("f", "");
  ASSERT_EQ(value.children[0].children.size(), 3U);
  EXPECT_EQ(value.children[0].children[1].text, "b, c");
  EXPECT_EQ(value.children[0].children[2].text, "d");
  EXPECT_EQ(value.children[1].children.at(0).integer, 5);
  EXPECT_EQ(value.children[2].type, static_cast<std::uint32_t>(TELLTALE_VALUE_LIST));
  EXPECT_TRUE(value.children[2].children.empty());
  EXPECT_EQ(value.children[3].children.at(0).integer, 10'000'000'000);
  const auto& list = value.children[4];  // a single section became a list of one
  ASSERT_EQ(list.type, static_cast<std::uint32_t>(TELLTALE_VALUE_LIST));
  ASSERT_EQ(list.children.size(), 1U);
  EXPECT_EQ(list.children[0].name, "");
  EXPECT_EQ(list.children[0].children[1].integer, 1);
}

TEST(ValidateOptions, ReportsEveryMistakeWithItsPlace) {
  auto url = spec("url", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED);
  url.help = "Where the broker is.";
  auto mode = spec("mode", TELLTALE_OPTION_TEXT);
  mode.choices = {"json", "number"};
  auto old = spec("old", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_DEPRECATED);
  old.help = "use mode";
  const auto topics = spec("topics", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_LIST | TELLTALE_OPTION_REQUIRED);
  auto empty = scalar("");
  empty.type = ConfigNode::Type::kNull;
  Diagnostics diagnostics;
  const auto value = validate_options(
      {url, mode, old, topics},
      map({keyed("ulr", scalar("x")), keyed("temperature", scalar("x")), keyed("mode", scalar("jason")),
           keyed("old", scalar("y")), keyed("topics", sequence({scalar("a"), empty, map({})}))}),
      diagnostics);
  std::vector<std::string> messages;
  for (const auto& item : diagnostics.items()) messages.push_back(item.message);
  EXPECT_THAT(messages,
              testing::UnorderedElementsAre("unknown key 'ulr'; did you mean 'url'?",
                                            "unknown key 'temperature'; known here: url, mode, old, topics",
                                            "'url' is missing (Where the broker is.)",
                                            "'mode' must be one of json, number; 'jason' is not; did you mean 'json'?",
                                            "'old' is deprecated: use mode", "an item of 'topics' is empty",
                                            "'topics' must be a list of texts, not a section"));
  Diagnostics empty_list;
  (void)validate_options({topics}, map({keyed("topics", sequence({}))}), empty_list);
  ASSERT_EQ(empty_list.items().size(), 1U);
  EXPECT_THAT(empty_list.items()[0].message, HasSubstr("at least one"));
}

TEST(ValidateOptions, TakesNothingForAnEmptySection) {
  Diagnostics diagnostics;
  auto every = spec("every", TELLTALE_OPTION_DURATION);
  every.default_text = "1s";
  EXPECT_EQ(validate_options({every}, ConfigNode{}, diagnostics).children.at(0).integer, 1'000'000'000);
  EXPECT_FALSE(diagnostics.has_errors());
  (void)validate_options({every}, scalar("x"), diagnostics);
  EXPECT_TRUE(diagnostics.has_errors());
}

TEST(ValidateOptions, NeverShowsASecret) {
  const std::string source = "\n\n\n\n\n\n  pin: hunter2\n";
  auto bad = spec("pin", TELLTALE_OPTION_INT, TELLTALE_OPTION_SECRET);
  auto choice = spec("pin", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_SECRET);
  choice.choices = {"hunter1"};
  auto duration = spec("pin", TELLTALE_OPTION_DURATION, TELLTALE_OPTION_SECRET);
  auto plain_option = spec("pin", TELLTALE_OPTION_INT);
  auto from_file = scalar("hunter2");
  from_file.secret = true;
  const std::vector<std::pair<OptionSpec, ConfigNode>> cases = {
      {bad, scalar("hunter2")},
      {choice, scalar("hunter2")},
      {duration, scalar("hunter2")},
      {spec("pni", TELLTALE_OPTION_INT, TELLTALE_OPTION_SECRET), scalar("hunter2")}};
  for (const auto& [option, node] : cases) {
    Diagnostics diagnostics;
    (void)validate_options({option}, map({keyed("pin", node)}), diagnostics);
    ASSERT_TRUE(diagnostics.has_errors());
    EXPECT_THAT(diagnostics.render("f", source), testing::Not(HasSubstr("hunter2")));
  }
  Diagnostics diagnostics;
  (void)validate_options({plain_option}, map({keyed("pin", from_file)}), diagnostics);
  EXPECT_THAT(diagnostics.render("f", "pin: !secret x"), testing::Not(HasSubstr("hunter2")));
  EXPECT_TRUE(diagnostics.has_errors());
}

// --- the C tree ---

TEST(OptionTree, GivesAPluginWhatWasValidated) {
  auto every = spec("every", TELLTALE_OPTION_DURATION);
  auto subscribe = spec("subscribe", TELLTALE_OPTION_SECTION, TELLTALE_OPTION_LIST);
  subscribe.children = {spec("topic", TELLTALE_OPTION_TEXT), spec("scale", TELLTALE_OPTION_FLOAT)};
  Diagnostics diagnostics;
  OptionTree first(validate_options(
      {every, subscribe, spec("none", TELLTALE_OPTION_TEXT)},
      map({keyed("every", scalar("1s")),
           keyed("subscribe", sequence({map({keyed("topic", scalar("a")), keyed("scale", scalar("0.5"))}),
                                        map({keyed("topic", scalar("")), keyed("scale", scalar("2"))})}))}),
      diagnostics));
  ASSERT_FALSE(diagnostics.has_errors());
  const telltale_value* const address = &first.root();
  const OptionTree tree = std::move(first);
  EXPECT_EQ(&tree.root(), address);
  const telltale::Options options(tree.root());
  EXPECT_EQ(options.duration("every"), std::chrono::seconds(1));
  EXPECT_FALSE(options.has("none"));
  const auto items = options.at("subscribe").children();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(telltale::Options(items[0]).text("topic"), "a");
  EXPECT_EQ(telltale::Options(items[0]).number("scale"), 0.5);
  EXPECT_EQ(telltale::Options(items[1]).text("topic"), "");
  EXPECT_EQ(telltale::Options(items[1]).number("scale"), 2.0);
}

TEST(ConfigNode, ComparesContentNotPlaces) {
  const auto one = map({keyed("a", scalar("1")), keyed("b", sequence({scalar("x"), scalar("y")}))});
  auto moved = map({keyed("b", sequence({scalar("x"), scalar("y")})), keyed("a", scalar("1"))});
  moved.mark = {99, 1};
  EXPECT_TRUE(one.same_content(moved));
  EXPECT_FALSE(one.same_content(map({keyed("a", scalar("1"))})));
  EXPECT_FALSE(
      one.same_content(map({keyed("a", scalar("1", true)), keyed("b", sequence({scalar("x"), scalar("y")}))})));
  EXPECT_FALSE(one.same_content(map({keyed("a", scalar("1")), keyed("b", sequence({scalar("y"), scalar("x")}))})));
  EXPECT_EQ(one.find("b")->type, ConfigNode::Type::kSequence);
  EXPECT_EQ(one.find("c"), nullptr);
  EXPECT_EQ(scalar("a").find("a"), nullptr);
}

}  // namespace
}  // namespace telltale::core
