#include "daemon/core/expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/core/expression_function.h"
#include "daemon/core/expression_tokens.h"
#include "daemon/core/utf8.h"

namespace telltale::core {

namespace {

using Node = ExpressionNode;
using Kind = ExpressionNode::Kind;
using Token = ExpressionToken;

struct Level {
  std::array<std::string_view, 4> operators;
};
// Loosest first.
constexpr std::array<Level, 5> kLevels = {{{{"||", "or", "", ""}},
                                           {{"&&", "and", "", ""}},
                                           {{"<=", ">=", "<", ">"}},
                                           {{"+", "-", "", ""}},
                                           {{"*", "/", "", ""}}}};
constexpr std::size_t kComparison = 2;  // which has == and != as well

std::string shown(std::string_view text) { return "'" + escape_line(cut_utf8(text, 64)) + "'"; }

Gather gather_of(std::string_view word) {
  if (word == "sum") return Gather::kSum;
  if (word == "mean" || word == "avg") return Gather::kMean;
  if (word == "min") return Gather::kMin;
  if (word == "max") return Gather::kMax;
  if (word == "count") return Gather::kCount;
  return Gather::kNone;
}

// Thrown to leave a text that makes no sense any more; never leaves this file.
struct GiveUp {};

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) { expression_.text = text; }

  ExpressionOutcome parse() {
    ExpressionOutcome outcome;
    if (expression_.text.size() > kMaxExpressionBytes) {
      outcome.mistakes.push_back({0, fmt::format("an expression has at most {} bytes", kMaxExpressionBytes)});
      return outcome;
    }
    try {
      expression_.root = choice();
      const Token& rest = tokens_.peek();
      if (rest.kind != Token::Kind::kEnd) {
        fail(rest.begin, rest.kind == Token::Kind::kBad
                             ? rest.text
                             : "an operator is missing before " + shown(tokens_.written(rest)));
      }
    } catch (const GiveUp&) {
      // Said already.
    }
    outcome.mistakes = std::move(mistakes_);
    if (outcome.mistakes.empty()) outcome.expression = std::make_shared<Expression>(std::move(expression_));
    return outcome;
  }

 private:
  void say(std::size_t at, std::string message) { mistakes_.push_back({at, std::move(message)}); }
  [[noreturn]] void fail(std::size_t at, std::string message) {
    say(at, std::move(message));
    throw GiveUp{};
  }

  Node made(Kind kind, std::size_t begin) {
    if (++nodes_ > kMaxExpressionNodes) {
      fail(begin, fmt::format("an expression has at most {} parts: name one as a derived series of its own",
                              kMaxExpressionNodes));
    }
    Node node;
    node.kind = kind;
    node.begin = begin;
    return node;
  }

  // Counts how deep the text nests, in the parser's own stack.
  class Nested {
   public:
    Nested(Parser& parser, std::size_t at) : parser_(parser) {
      if (++parser_.depth_ > kMaxExpressionDepth) {
        parser_.fail(at, fmt::format("an expression nests at most {} deep", kMaxExpressionDepth));
      }
    }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    ~Nested() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  bool take(std::string_view symbol) {
    if (!tokens_.peek().is(symbol)) return false;
    tokens_.next();
    return true;
  }
  void expect(std::string_view symbol, std::string_view why) {
    const Token token = tokens_.peek();
    if (token.kind == Token::Kind::kBad) fail(token.begin, token.text);
    if (!take(symbol)) fail(token.begin, fmt::format("'{}' is missing {}", symbol, why));
  }

  Node choice() {
    const Nested nested(*this, tokens_.peek().begin);
    Node condition = binary(0);
    if (!take("?")) return condition;
    Node node = made(Kind::kChoice, condition.begin);
    node.children.push_back(std::move(condition));
    node.children.push_back(choice());
    expect(":", "in 'condition ? then : else'");
    node.children.push_back(choice());
    node.end = node.children.back().end;
    return node;
  }

  std::optional<std::string> operator_of(std::size_t level) {
    const Token& token = tokens_.peek();
    const auto& known = kLevels.at(level).operators;
    for (const std::string_view symbol : known) {
      if (symbol.empty() || !token.is(symbol)) continue;
      tokens_.next();
      return std::string(symbol == "or" ? "||" : symbol == "and" ? "&&" : symbol);
    }
    for (const std::string_view symbol : {"==", "!="}) {
      if (level == kComparison && take(symbol)) return std::string(symbol);
    }
    if (level == kComparison && token.is("=")) fail(token.begin, "two values are compared with '=='");
    return std::nullopt;
  }

  Node binary(std::size_t level) {
    if (level == kLevels.size()) return unary();
    Node left = binary(level + 1);
    std::size_t chain = 0;
    while (const auto symbol = operator_of(level)) {
      // A chain of operators nests to the left, and whoever walks the tree goes down that far.
      if (++chain > kMaxExpressionReferences) {
        fail(tokens_.peek().begin, fmt::format("at most {} values follow each other: write sum(…), or name a part as a "
                                               "derived series of its own",
                                               kMaxExpressionReferences));
      }
      Node node = made(Kind::kBinary, left.begin);
      node.word = *symbol;
      node.children.push_back(std::move(left));
      node.children.push_back(binary(level + 1));
      node.end = node.children.back().end;
      left = std::move(node);
    }
    return left;
  }

  Node unary() {
    const Token token = tokens_.peek();
    if (!token.is("-") && !token.is("+") && !token.is("!")) return power();
    const Nested nested(*this, token.begin);
    tokens_.next();
    Node node = made(Kind::kUnary, token.begin);
    node.word = token.text;
    node.children.push_back(unary());
    node.end = node.children.back().end;
    return node;
  }

  Node power() {
    Node base = primary();
    if (!take("^")) return base;
    const Nested nested(*this, base.begin);
    Node node = made(Kind::kBinary, base.begin);
    node.word = "^";
    node.children.push_back(std::move(base));
    node.children.push_back(unary());
    node.end = node.children.back().end;
    return node;
  }

  Node primary() {
    const Token token = tokens_.next();
    switch (token.kind) {
      case Token::Kind::kNumber: {
        Node node = made(Kind::kNumber, token.begin);
        node.number = token.number;
        node.is_duration = token.is_duration;
        node.end = token.end;
        return node;
      }
      case Token::Kind::kName:
        return name(token);
      case Token::Kind::kSymbol:
        if (token.is("(")) {
          Node inner = choice();
          expect(")", "here");
          return inner;
        }
        fail(token.begin, "a value is missing before " + shown(token.text));
      case Token::Kind::kEnd:
        fail(token.begin, expression_.text.empty() ? "an expression is missing" : "the expression ends too early");
      case Token::Kind::kBad:
        break;
    }
    fail(token.begin, token.text);
  }

  Node name(const Token& token) {
    const bool called = !token.quoted && (tokens_.peek().is("(") || tokens_.peek().is("by"));
    if (!called) return series(token, Gather::kNone, {}, false, token.begin);
    const Gather gather = gather_of(token.text);
    return gather == Gather::kNone ? call(token) : gathering(token, gather);
  }

  // sum(hall.*), sum by (line, hall) (press.power)
  Node gathering(const Token& word, Gather gather) {
    std::vector<std::string> by;
    const bool grouped = take("by");
    if (grouped) {
      expect("(", "before the labels");
      do {
        const Token label = tokens_.next();
        if (label.kind != Token::Kind::kName) fail(label.begin, "the name of a label is missing");
        by.push_back(label.text);
      } while (take(","));
      expect(")", "behind the labels");
      std::sort(by.begin(), by.end());
      by.erase(std::unique(by.begin(), by.end()), by.end());
    }
    expect("(", "before the series");
    const Token token = tokens_.next();
    if (token.kind == Token::Kind::kBad) fail(token.begin, token.text);
    if (token.kind != Token::Kind::kName) {
      fail(token.begin, fmt::format("{}() takes a pattern of series; of several values, write {}", word.text,
                                    gather == Gather::kMin ? "least(a, b)" : "greatest(a, b) or a + b"));
    }
    Node node = series(token, gather, std::move(by), grouped, word.begin);
    if (tokens_.peek().is(",") || tokens_.peek().is("(")) {
      fail(tokens_.peek().begin, fmt::format("{}() takes one pattern of series, such as 'hall.*.power'", word.text));
    }
    expect(")", "behind the series");
    return node;
  }

  Node series(const Token& token, Gather gather, std::vector<std::string> by, bool grouped, std::size_t begin) {
    Node node = made(Kind::kSeries, begin);
    node.end = token.end;
    auto selector = Selector::parse(token.text);
    if (!selector) {
      say(token.begin, selector.error().message);
      return node;
    }
    const std::string_view written = token.text;
    const std::string_view plain = written.substr(0, written.find_first_of("{@"));
    SeriesReference reference{std::move(*selector),
                              gather,
                              std::move(by),
                              grouped,
                              false,
                              gather == Gather::kNone && written.find("=\"") != std::string_view::npos,
                              begin,
                              token.end};
    const bool is_pattern = plain.find_first_of("*?") != std::string_view::npos ||
                            (written.find('{') != std::string_view::npos && !reference.single &&
                             written.find("=\"") == std::string_view::npos);
    if (gather == Gather::kNone && is_pattern && !reference.single) {
      say(token.begin, shown(written) + " chooses several series: say what becomes of them, such as sum(" +
                           std::string(cut_utf8(written, 64)) + ")");
    }
    const auto same = [&](const SeriesReference& other) {
      return other.selector.text() == reference.selector.text() && other.gather == reference.gather &&
             other.by == reference.by && other.grouped == reference.grouped && other.look == Look::kValue;
    };
    const auto known = std::find_if(expression_.references.begin(), expression_.references.end(), same);
    node.reference = static_cast<std::size_t>(known - expression_.references.begin());
    if (known != expression_.references.end()) return node;
    if (expression_.references.size() == kMaxExpressionReferences) {
      fail(begin, fmt::format("an expression looks at most at {} series", kMaxExpressionReferences));
    }
    if (grouped) {
      const auto other =
          std::find_if(expression_.references.begin(), expression_.references.end(),
                       [&](const SeriesReference& one) { return one.grouped && one.by != reference.by; });
      if (other != expression_.references.end()) {
        say(begin, fmt::format("all groups of an expression go by the same labels: one goes by ({}), another by ({})",
                               fmt::join(other->by, ", "), fmt::join(reference.by, ", ")));
      }
    }
    expression_.references.push_back(std::move(reference));
    return node;
  }

  Node call(const Token& word) {
    Node node = made(Kind::kCall, word.begin);
    node.word = word.text;
    const ExpressionFunction* const function = find_expression_function(word.text);
    if (function == nullptr) say(word.begin, unknown_function(word.text));
    expect("(", "here");
    const Nested nested(*this, word.begin);
    if (!tokens_.peek().is(")")) {
      do node.children.push_back(choice());
      while (take(","));
    }
    node.end = tokens_.peek().end;
    expect(")", fmt::format("behind the arguments of {}", word.text));
    const std::size_t count = node.children.size();
    const bool odd_table = node.word == "table" && count % 2 == 0;
    if (function != nullptr && (count < function->least || count > function->most || odd_table)) {
      say(word.begin, fmt::format("{}() is written {}", word.text, function->form));
      return node;
    }
    return word.text == "unusual" ? unusual(std::move(node)) : node;
  }

  // Something else of the series that `value` is of.
  Node look_at(const Node& value, Look look, int weeks) {
    SeriesReference reference = expression_.references.at(value.reference);
    reference.look = look;
    reference.weeks = weeks;
    const auto same = [&](const SeriesReference& other) {
      return other.look == look && other.weeks == weeks && other.selector.text() == reference.selector.text();
    };
    const auto known = std::find_if(expression_.references.begin(), expression_.references.end(), same);
    Node node = made(Kind::kSeries, value.begin);
    node.end = value.end;
    node.reference = static_cast<std::size_t>(known - expression_.references.begin());
    if (known != expression_.references.end()) return node;
    if (expression_.references.size() == kMaxExpressionReferences) {
      fail(value.begin, fmt::format("an expression looks at most at {} series", kMaxExpressionReferences));
    }
    expression_.references.push_back(std::move(reference));
    return node;
  }

  // The weeks that are written behind the series; nothing: it was said why not.
  std::optional<int> weeks_of(const Node& node) {
    if (node.children.size() < 2) return kUsualWeeks;
    const Node& given = node.children[1];
    const double weeks = given.kind == Kind::kNumber && !given.is_duration ? given.number : 0;
    if (weeks == std::floor(weeks) && weeks >= kLeastWeeks && weeks <= kMostWeeks) return static_cast<int>(weeks);
    say(given.begin, fmt::format("the weeks are a whole number of {} to {}", kLeastWeeks, kMostWeeks));
    return std::nullopt;
  }

  // unusual(series, weeks) is (series - centre) / scale.
  Node unusual(Node node) {
    const Node* const first = node.children.empty() ? nullptr : node.children.data();
    if (first == nullptr || first->kind != Kind::kSeries) {
      say(node.begin, "unusual() looks at one series by its name; what is computed becomes a derived series first");
      return node;
    }
    if (first->reference >= expression_.references.size()) return node;  // said already
    const SeriesReference& reference = expression_.references[first->reference];
    if (reference.gather != Gather::kNone) {
      say(node.begin, "unusual() looks at one series by its name; what is computed becomes a derived series first");
      return node;
    }
    const auto& window = reference.selector.window_stat();
    const auto is_level = [](Stat stat) {
      return stat == Stat::kMean || stat == Stat::kP50 || stat == Stat::kFirst || stat == Stat::kLast;
    };
    if (window && !is_level(window->stat)) {
      say(first->begin, "unusual() compares with means: of a window it takes mean, p50, first or last");
      return node;
    }
    const auto weeks = weeks_of(node);
    if (!weeks) return node;
    Node value = std::move(node.children[0]);
    Node centre = look_at(value, Look::kUsualCentre, *weeks);
    Node scale = look_at(value, Look::kUsualScale, *weeks);
    const auto joined = [&](const char* word, Node left, Node right) {
      Node both = made(Kind::kBinary, node.begin);
      both.end = node.end;
      both.word = word;
      both.children.push_back(std::move(left));
      both.children.push_back(std::move(right));
      return both;
    };
    return joined("/", joined("-", std::move(value), std::move(centre)), std::move(scale));
  }

  static std::string unknown_function(std::string_view word) {
    std::vector<std::string> names{"sum", "mean", "min", "max", "count"};
    for (const ExpressionFunction& one : expression_functions()) names.emplace_back(one.name);
    const std::string nearest = nearest_word(word, names);
    std::string message = "there is no function " + shown(word);
    return nearest.empty() ? message + "; docs/derived.md has all" : message + "; did you mean '" + nearest + "'?";
  }

  ExpressionTokens tokens_;
  Expression expression_;
  std::vector<ExpressionMistake> mistakes_;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

// What remembers must be the whole expression: something behind it makes it a part.
void refuse_parts(const Expression& expression, std::vector<ExpressionMistake>& mistakes) {
  const auto remembers = [](const Node& node) {
    const ExpressionFunction* const function = node.kind == Kind::kCall ? find_expression_function(node.word) : nullptr;
    return function != nullptr && function->remembers;
  };
  std::vector<const Node*> open;
  for (const Node& child : expression.root.children) open.push_back(&child);
  while (!open.empty()) {
    const Node* const node = open.back();
    open.pop_back();
    if (remembers(*node)) {
      mistakes.push_back({node->begin, fmt::format("{}() goes on from its own result, so it stands alone: make it a "
                                                   "derived series and use that one's name here",
                                                   node->word)});
    }
    for (const Node& child : node->children) open.push_back(&child);
  }
}

}  // namespace

bool looks_back(const Expression& expression) {
  return std::any_of(expression.references.begin(), expression.references.end(),
                     [](const SeriesReference& one) { return one.look != Look::kValue; });
}

bool remembers(const Expression& expression) {
  const ExpressionFunction* const function =
      expression.root.kind == Kind::kCall ? find_expression_function(expression.root.word) : nullptr;
  return function != nullptr && function->remembers;
}

ExpressionOutcome parse_expression(std::string_view text) {
  ExpressionOutcome outcome = Parser(text).parse();
  if (outcome.expression) refuse_parts(*outcome.expression, outcome.mistakes);
  if (!outcome.mistakes.empty()) outcome.expression.reset();
  return outcome;
}

}  // namespace telltale::core
