#include "daemon/core/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace telltale::core {
namespace {

using testing::HasSubstr;

Expression parsed(const std::string& text) {
  const auto outcome = parse_expression(text);
  EXPECT_TRUE(outcome.mistakes.empty()) << text << ": " << outcome.mistakes.front().message;
  return outcome.expression ? *outcome.expression : Expression{};
}

// The tree in brackets.
std::string shown(const Expression& expression, const ExpressionNode& node) {
  using Kind = ExpressionNode::Kind;
  switch (node.kind) {
    case Kind::kNumber: {
      std::string text = std::to_string(node.number);
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
      return text;
    }
    case Kind::kSeries:
      return expression.references.at(node.reference).selector.text();
    default:
      break;
  }
  std::string text = "(" + (node.word.empty() ? std::string("?") : node.word);
  for (const auto& child : node.children) text += " " + shown(expression, child);
  return text + ")";
}

TEST(Expression, BindsAsArithmeticDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"a + b * c", "(+ a (* b c))"},
      {"a - b - c", "(- (- a b) c)"},
      {"-a ^ 2", "(- (^ a 2))"},
      {"a ^ -2", "(^ a (- 2))"},
      {"a ^ b ^ c", "(^ a (^ b c))"},
      {"!a && b || c", "(|| (&& (! a) b) c)"},
      {"not(a) and b or c", "(|| (&& (not a) b) c)"},
      {"a > 3 ? b : c > 1 ? 2 : 3", "(? (> a 3) b (? (> c 1) 2 3))"},
      {"a == b != c", "(!= (== a b) c)"},
      {"(a + b) * 2.5e1", "(* (+ a b) 25)"},
      {"clamp(a, 0, 10)", "(clamp a 0 10)"},
      {"energy(a * b, 5m)", "(energy (* a b) 300)"},
  };
  for (const auto& [text, tree] : cases) {
    const Expression expression = parsed(text);
    EXPECT_EQ(shown(expression, expression.root), tree) << text;
  }
}

TEST(Expression, NamesGoOnOverDotsLabelsAndWindows) {
  const std::pair<const char*, const char*> cases[] = {
      {"press7.oil.temperature@mean_1m > 80", "press7.oil.temperature@mean_1m"},
      {"room.temperature{room=\"hall, 2\"} + 1", "room.temperature{room=\"hall, 2\"}"},
      {"room.temperature{room=\"}\"}@max_1h+1", "room.temperature{room=\"}\"}@max_1h"},
      {"'press-7.oil level'*2", "press-7.oil level"},
      {"`a'b` / 2", "a'b"},
      {"größe.länge*2", "größe.länge"},
      {"a.b*c", "a.b"},
  };
  for (const auto& [text, name] : cases) EXPECT_EQ(parsed(text).references.at(0).selector.text(), name) << text;
}

TEST(Expression, GathersByLabels) {
  const Expression all = parsed("sum(hall.*.power) / count(hall.*.power)");
  ASSERT_EQ(all.references.size(), 2U);
  EXPECT_EQ(all.references[0].gather, Gather::kSum);
  EXPECT_EQ(all.references[1].gather, Gather::kCount);
  EXPECT_FALSE(all.references[0].grouped);
  const Expression groups = parsed("max by (room, floor) (temperature) - min by (floor,room)(temperature)");
  EXPECT_EQ(groups.references[0].by, (std::vector<std::string>{"floor", "room"}));
  EXPECT_TRUE(groups.references[1].grouped);
  EXPECT_TRUE(parsed("t{room=\"a\"}").references[0].single);
  EXPECT_FALSE(parsed("t").references[0].single);
  EXPECT_EQ(parsed("a + a * a").references.size(), 1U);
}

TEST(Expression, SaysWhatIsWrongAndWhere) {
  struct Case {
    const char* text;
    std::size_t at;
    const char* says;
  };
  const Case cases[] = {
      {"", 0, "an expression is missing"},
      {"a +", 3, "ends too early"},
      {"a b", 2, "an operator is missing before 'b'"},
      {"(a", 2, "')' is missing"},
      {"a = 3", 2, "'=='"},
      {"a # 3", 2, "has no meaning"},
      {"dew_pont(a, b)", 0, "did you mean 'dew_point'?"},
      {"frobnicate(a)", 0, "docs/derived.md"},
      {"dew_point(a)", 0, "dew_point(temperature, humidity)"},
      {"table(a, 1, 2, 3, 4, 5)", 0, "table(x, x1, y1"},
      {"hall.*.power", 0, "sum(hall.*.power)"},
      {"sum(1 + 2)", 4, "takes a pattern"},
      {"sum(a, b)", 5, "takes one pattern"},
      {"a@men_1m", 0, "is not a statistic"},
      {"t{room=\"a\"", 0, "no end"},
      {"'abc", 0, "no end"},
      {"12parsecs * a", 0, "neither a number nor a duration"},
      {"a + 7up", 4, "neither a number nor a duration"},
      {"sum by (a) (x) + sum by (b) (x)", 17, "same labels"},
      {"energy(p) * 0.3", 0, "stands alone"},
      {"2 * (3 + running_hours(p))", 9, "stands alone"},
      {"a ? b", 5, "':' is missing"},
  };
  for (const Case& one : cases) {
    const auto outcome = parse_expression(one.text);
    EXPECT_FALSE(outcome.expression) << one.text;
    ASSERT_FALSE(outcome.mistakes.empty()) << one.text;
    EXPECT_EQ(outcome.mistakes[0].at, one.at) << one.text << ": " << outcome.mistakes[0].message;
    EXPECT_THAT(outcome.mistakes[0].message, HasSubstr(one.says)) << one.text;
  }
  EXPECT_EQ(parse_expression("foo(a) + bar(b)").mistakes.size(), 2U) << "all at once";
}

TEST(Expression, IsBounded) {
  const auto refused = [](const std::string& text, const char* says) {
    const auto outcome = parse_expression(text);
    ASSERT_FALSE(outcome.mistakes.empty());
    EXPECT_THAT(outcome.mistakes[0].message, HasSubstr(says));
  };
  refused(std::string(kMaxExpressionBytes + 1, 'a'), "at most 4096 bytes");
  refused(std::string(2000, '(') + "a" + std::string(2000, ')'), "nests");
  refused(std::string(2000, '-') + "a", "nests");
  std::string powers = "a";
  for (int i = 0; i < 200; ++i) powers += "^a";
  refused(powers, "nests");
  std::string long_sum = "a";
  for (int i = 0; i < 200; ++i) long_sum += "+1";
  refused(long_sum, "follow each other");
  std::string many = "a";
  for (int i = 0; i < 60; ++i) many += "+a*b*c*d*e";
  refused(many, "parts");
  std::string wide = "greatest(a0";
  for (int i = 1; i < 12; ++i) {
    wide += ",a" + std::to_string(i) + "+b" + std::to_string(i) + "+c" + std::to_string(i) + "+d" + std::to_string(i) +
            "+e" + std::to_string(i) + "+f" + std::to_string(i);
  }
  refused(wide + ")", "at most at 64 series");
}

RC_GTEST_PROP(ExpressionProperty, AnyPiecesAreReadOrReported, ()) {
  const auto piece = rc::gen::elementOf(std::vector<std::string>{
      "a", "b.c", "*", "?", ":",  "(", ")", "sum", "by",     "{", "}",    "\"", "'",  "@mean_1m", "@",         "5m",
      "3", ".",   "-", "!", "==", "=", "^", ",",   "energy", "ö", "\xff", " ",  "&&", "or",       "{x=\"y\"}", "\\"});
  std::string text;
  for (const auto& p : *rc::gen::container<std::vector<std::string>>(piece)) text += p;
  const auto outcome = parse_expression(text);
  RC_ASSERT((outcome.expression != nullptr) == outcome.mistakes.empty());
  for (const auto& mistake : outcome.mistakes) RC_ASSERT(mistake.at <= text.size());
}

}  // namespace
}  // namespace telltale::core
