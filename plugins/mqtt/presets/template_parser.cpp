// Reads a template: see value_template.h for what it may hold.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <telltale/payload/decimal.hpp>

#include "plugins/mqtt/presets/value_template.h"

namespace telltale::mqtt {
namespace {

constexpr int kMaxDepth = 24;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// Recursive descent; `failed_` stops it. A node's index is its result.
class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : rest_(text) {}

  std::variant<ValueTemplate, std::string> parse() {
    skip_space();
    if (take("{%")) {
      statement();
    } else if (take("{{")) {
      take_trim();
      expression();
      if (!take("-}}")) need("}}");
    } else {
      fail("a template begins with '{{' or '{%'");
    }
    skip_space();
    if (!failed_ && !rest_.empty()) fail("text beside the expression is not supported");
    if (failed_) return std::move(reason_);
    return std::move(made_);
  }

 private:
  using Op = ValueTemplate::Op;
  using Index = std::uint8_t;
  static constexpr Index kNone = ValueTemplate::kNone;

  // {% if a %}x{% elif b %}y{% else %}z{% endif %}
  Index statement() {
    const Depth depth(*this);
    if (failed_) return kNone;
    take_trim();
    if (!word("if") && !word("elif")) return fail("of statements only 'if' is supported");
    const Index condition = expression();
    close_statement();
    const Index then = body();
    if (!take("{%")) return fail("'{% endif %}' is missing");
    take_trim();
    Index otherwise = kNone;
    if (peek_word("elif")) {
      otherwise = statement();
      return add({.op = Op::kChoose, .first = condition, .second = then, .third = otherwise});
    }
    if (word("else")) {
      close_statement();
      otherwise = body();
      need("{%");
      take_trim();
    }
    if (!word("endif")) return fail("'{% endif %}' is missing");
    close_statement();
    return add({.op = Op::kChoose, .first = condition, .second = then, .third = otherwise});
  }
  void close_statement() {
    if (!take("-%}")) need("%}");
  }
  Index body() {
    skip_space();
    if (take("{{")) {
      take_trim();
      const Index inner = expression();
      if (!take("-}}")) need("}}");
      skip_space();
      return inner;
    }
    const std::size_t end = std::min(rest_.find('{'), rest_.size());
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
    return literal(std::string(text));
  }

  // a if b else c
  Index expression() {
    const Depth depth(*this);
    if (failed_) return kNone;
    const Index then = disjunction();
    if (!word("if")) return then;
    const Index condition = disjunction();
    const Index otherwise = word("else") ? expression() : kNone;
    return add({.op = Op::kChoose, .first = condition, .second = then, .third = otherwise});
  }
  Index disjunction() {
    Index left = conjunction();
    while (!failed_ && word("or")) left = add({.op = Op::kOr, .first = left, .second = conjunction()});
    return left;
  }
  Index conjunction() {
    Index left = negation();
    while (!failed_ && word("and")) left = add({.op = Op::kAnd, .first = left, .second = negation()});
    return left;
  }
  Index negation() {
    const Depth depth(*this);
    if (failed_) return kNone;
    if (word("not")) return add({.op = Op::kNot, .first = negation()});
    return comparison();
  }
  Index comparison() {
    constexpr std::array<std::pair<std::string_view, Op>, 6> kOps{{{"==", Op::kEqual},
                                                                   {"!=", Op::kNotEqual},
                                                                   {"<=", Op::kLessEqual},
                                                                   {">=", Op::kGreaterEqual},
                                                                   {"<", Op::kLess},
                                                                   {">", Op::kGreater}}};
    const Index left = sum();
    for (const auto& [sign, op] : kOps) {
      if (take(sign)) return add({.op = op, .first = left, .second = sum()});
    }
    if (word("is")) {
      const bool negated = word("not");
      if (!word("defined")) return fail("after 'is' only 'defined' is supported");
      const Index defined = add({.op = Op::kIsDefined, .first = left});
      return negated ? add({.op = Op::kNot, .first = defined}) : defined;
    }
    return left;
  }
  Index sum() {
    Index left = product();
    while (!failed_) {
      if (take("+")) {
        left = add({.op = Op::kAdd, .first = left, .second = product()});
      } else if (!at("-}}") && !at("-%}") && take("-")) {
        left = add({.op = Op::kSubtract, .first = left, .second = product()});
      } else {
        break;
      }
    }
    return left;
  }
  Index product() {
    Index left = unary();
    while (!failed_) {
      if (take("*")) {
        left = add({.op = Op::kMultiply, .first = left, .second = unary()});
      } else if (take("/")) {
        left = add({.op = Op::kDivide, .first = left, .second = unary()});
      } else if (!at("%}") && take("%")) {
        left = add({.op = Op::kModulo, .first = left, .second = unary()});
      } else {
        break;
      }
    }
    return left;
  }
  Index unary() {
    const Depth depth(*this);
    if (failed_) return kNone;
    if (take("-")) return add({.op = Op::kNegate, .first = unary()});
    Index value = primary();
    while (!failed_ && take("|")) value = filter(value);
    return value;
  }

  Index filter(Index value) {
    constexpr std::array<std::pair<std::string_view, Op>, 11> kFilters{{{"float", Op::kFloat},
                                                                        {"int", Op::kInt},
                                                                        {"round", Op::kRound},
                                                                        {"abs", Op::kAbs},
                                                                        {"lower", Op::kLower},
                                                                        {"upper", Op::kUpper},
                                                                        {"trim", Op::kTrim},
                                                                        {"default", Op::kDefault},
                                                                        {"d", Op::kDefault},
                                                                        {"is_defined", Op::kDefault},
                                                                        {"string", Op::kDefault}}};
    const std::string_view name = take_word();
    for (const auto& [known, op] : kFilters) {
      if (known != name) continue;
      Index argument = kNone;
      if (take("(")) {
        if (!at(")")) argument = expression();
        while (!failed_ && take(",")) expression();  // round's method, default's flag
        need(")");
      }
      return add({.op = op, .first = value, .second = argument});
    }
    return fail("the filter '" + std::string(name) + "' is not supported");
  }

  Index primary() {
    skip_space();
    if (rest_.empty()) return fail("the expression ends too early");
    if (take("(")) {
      const Index inner = expression();
      need(")");
      return inner;
    }
    const char c = rest_.front();
    if (c == '\'' || c == '"') return literal(take_quoted());
    if (is_digit(c) || c == '.') return number();
    const std::string_view name = take_word();
    if (name == "value") return add({.op = Op::kValue});
    if (name == "value_json") return json();
    if (name == "true" || name == "True") return literal(true);
    if (name == "false" || name == "False") return literal(false);
    if (name == "none" || name == "None") return literal({});
    if (name == "iif" || name == "float" || name == "int") return call(name);
    return fail("'" + std::string(name) + "' is not supported");
  }

  // iif(condition, yes, no); float(value, default); int(value, default)
  Index call(std::string_view name) {
    need("(");
    const Index first = expression();
    const Index second = take(",") ? expression() : kNone;
    const Index third = take(",") ? expression() : kNone;
    need(")");
    if (name == "iif") return add({.op = Op::kChoose, .first = first, .second = second, .third = third});
    return add({.op = name == "float" ? Op::kFloat : Op::kInt, .first = first, .second = second});
  }

  // .name, ['name'], [0], .get('name', default)
  Index json() {
    std::string path;
    Index otherwise = kNone;
    bool has_default = false;
    while (!failed_ && !has_default && !rest_.empty()) {
      std::string step;
      if (rest_.front() == '.') {
        rest_.remove_prefix(1);
        step = take_word();
        if (step == "get" && take("(")) {
          step = take_quoted();
          has_default = take(",");
          if (has_default) otherwise = expression();
          need(")");
        }
      } else if (rest_.front() == '[') {
        rest_.remove_prefix(1);
        skip_space();
        const bool quoted = !rest_.empty() && (rest_.front() == '\'' || rest_.front() == '"');
        step = quoted ? take_quoted() : std::string(take_word());
        need("]");
      } else {
        break;
      }
      if (step.empty()) return fail("a name is missing after 'value_json'");
      if (!path.empty()) path += '.';
      path += step;
    }
    const Index found = add({.op = Op::kJson, .path = std::move(path)});
    return has_default ? add({.op = Op::kDefault, .first = found, .second = otherwise}) : found;
  }

  Index number() {
    const std::size_t size = payload::decimal_prefix(rest_);
    double value = 0;
    if (size == 0 || payload::parse_decimal(rest_.substr(0, size), value) != payload::DecimalFault::kNone) {
      return fail("a number is malformed");
    }
    rest_.remove_prefix(size);
    return literal(value);
  }

  std::string take_quoted() {
    skip_space();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) {
      fail("a quoted text is expected");
      return {};
    }
    const char quote = rest_.front();
    std::string text;
    std::size_t i = 1;
    for (; i < rest_.size() && rest_[i] != quote; ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    if (i >= rest_.size()) fail("a quoted text has no end");
    rest_.remove_prefix(std::min(i + 1, rest_.size()));
    return text;
  }

  // Reading.
  void skip_space() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t' || rest_.front() == '\r')) {
      rest_.remove_prefix(1);
    }
  }
  bool at(std::string_view sign) {
    skip_space();
    return rest_.starts_with(sign);
  }
  bool take(std::string_view sign) {
    if (failed_ || !at(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
  }
  // The minus of `{{-` and `{%-`, which trims spaces: close to the braces, or it is a sign.
  void take_trim() {
    if (rest_.starts_with('-')) rest_.remove_prefix(1);
  }
  void need(std::string_view sign) {
    if (!take(sign)) fail("'" + std::string(sign) + "' is missing");
  }
  bool peek_word(std::string_view name) {
    return !failed_ && at(name) && (rest_.size() == name.size() || !is_word_character(rest_[name.size()]));
  }
  bool word(std::string_view name) {
    if (!peek_word(name)) return false;
    rest_.remove_prefix(name.size());
    return true;
  }
  std::string_view take_word() {
    skip_space();
    std::size_t size = 0;
    while (size < rest_.size() && is_word_character(rest_[size])) ++size;
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

  // Making.
  Index literal(TemplateValue value) { return add({.op = Op::kLiteral, .literal = std::move(value)}); }
  Index add(ValueTemplate::Node node) {
    if (failed_) return kNone;
    if (made_.nodes_.size() == ValueTemplate::kMaxNodes) return fail("the template is too long");
    made_.nodes_.push_back(std::move(node));
    return static_cast<Index>(made_.nodes_.size() - 1);
  }
  Index fail(std::string reason) {
    if (!failed_) reason_ = std::move(reason);
    failed_ = true;
    return kNone;
  }

  class Depth {
   public:
    explicit Depth(TemplateParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth) parser_.fail("the template is nested too deeply");
    }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    ~Depth() { --parser_.depth_; }

   private:
    TemplateParser& parser_;
  };

  std::string_view rest_;
  ValueTemplate made_;
  bool failed_ = false;
  std::string reason_;
  int depth_ = 0;
};

std::variant<ValueTemplate, std::string> ValueTemplate::parse(std::string_view text) {
  if (text.size() > kMaxText) return "the template is longer than 2,048 bytes";
  return TemplateParser(text).parse();
}

}  // namespace telltale::mqtt
