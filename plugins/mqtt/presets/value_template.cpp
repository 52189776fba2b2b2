#include "plugins/mqtt/presets/value_template.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <telltale/payload/decimal.hpp>

namespace telltale::mqtt {
namespace {

using payload::JsonLeaf;
using payload::JsonType;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<double> number_of(const TemplateValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  double number = 0;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || payload::parse_decimal(trim(*text), number) != payload::DecimalFault::kNone) return {};
  return number;
}

bool truth_of(const TemplateValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && !text->empty();
}

TemplateValue finite(double number) { return std::isfinite(number) ? TemplateValue(number) : TemplateValue(); }

TemplateValue rounded(double number, double digits) {
  const double scale = std::pow(10.0, std::clamp(std::trunc(digits), -15.0, 15.0));
  return finite(std::nearbyint(number * scale) / scale);  // half to even, as Python does
}

std::string changed_case(std::string text, bool upper) {
  for (char& c : text) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// As Jinja compares: numbers with numbers, texts with texts, nothing across.
std::optional<int> order_of(const TemplateValue& left, const TemplateValue& right) {
  const bool texts = std::holds_alternative<std::string>(left) || std::holds_alternative<std::string>(right);
  if (texts) {
    if (left.index() != right.index()) return std::nullopt;
    return std::get<std::string>(left).compare(std::get<std::string>(right));
  }
  const auto a = number_of(left);
  const auto b = number_of(right);
  if (!a || !b) return std::nullopt;
  return *a < *b ? -1 : (*a > *b ? 1 : 0);
}

TemplateValue leaf_value(const JsonLeaf& leaf) {
  if (leaf.type == JsonType::kNumber) return leaf.number;
  if (leaf.type == JsonType::kBoolean) return leaf.number != 0;
  if (leaf.type == JsonType::kText) return std::string(leaf.text);
  return {};
}

}  // namespace

TemplateValue ValueTemplate::evaluate(const TemplateInput& input) const {
  return value_of(static_cast<std::uint8_t>(nodes_.size() - 1), input);
}

TemplateValue ValueTemplate::value_of(std::uint8_t index, const TemplateInput& input) const {
  if (index == kNone) return {};
  const Node& node = nodes_[index];
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kValue:
      return std::string(input.value);
    case Op::kJson: {
      const auto found = std::find_if(input.value_json.begin(), input.value_json.end(),
                                      [&](const JsonLeaf& leaf) { return leaf.path == node.path; });
      return found == input.value_json.end() ? TemplateValue() : leaf_value(*found);
    }
    case Op::kChoose:
      return value_of(truth_of(value_of(node.first, input)) ? node.second : node.third, input);
    case Op::kAnd:
    case Op::kOr: {
      TemplateValue first = value_of(node.first, input);
      return truth_of(first) == (node.op == Op::kOr) ? first : value_of(node.second, input);
    }
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return compared(node, input);
    case Op::kFloat:
    case Op::kInt:
    case Op::kRound:
    case Op::kAbs:
    case Op::kLower:
    case Op::kUpper:
    case Op::kTrim:
    case Op::kDefault:
    case Op::kIsDefined:
      return filtered(node, input);
    default:
      return operand(node, input);
  }
}

TemplateValue ValueTemplate::operand(const Node& node, const TemplateInput& input) const {
  const TemplateValue first = value_of(node.first, input);
  if (node.op == Op::kNot) return !truth_of(first);
  const TemplateValue second = value_of(node.second, input);
  if (node.op == Op::kAdd && std::holds_alternative<std::string>(first) &&
      std::holds_alternative<std::string>(second)) {
    std::string joined = std::get<std::string>(first) + std::get<std::string>(second);
    return joined.size() > kMaxText ? TemplateValue() : TemplateValue(std::move(joined));
  }
  const auto a = number_of(first);
  if (!a) return {};
  if (node.op == Op::kNegate) return -*a;
  const auto b = number_of(second);
  if (!b) return {};
  switch (node.op) {
    case Op::kAdd:
      return finite(*a + *b);
    case Op::kSubtract:
      return finite(*a - *b);
    case Op::kMultiply:
      return finite(*a * *b);
    case Op::kDivide:
      return finite(*a / *b);
    default:  // with the sign of the divisor, as Python does
      return finite(*a - *b * std::floor(*a / *b));
  }
}

TemplateValue ValueTemplate::compared(const Node& node, const TemplateInput& input) const {
  const auto order = order_of(value_of(node.first, input), value_of(node.second, input));
  if (!order) return node.op == Op::kNotEqual;
  switch (node.op) {
    case Op::kEqual:
      return *order == 0;
    case Op::kNotEqual:
      return *order != 0;
    case Op::kLess:
      return *order < 0;
    case Op::kLessEqual:
      return *order <= 0;
    case Op::kGreater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

TemplateValue ValueTemplate::filtered(const Node& node, const TemplateInput& input) const {
  TemplateValue value = value_of(node.first, input);
  const bool defined = !std::holds_alternative<std::monostate>(value);
  if (node.op == Op::kIsDefined) return defined;
  if (node.op == Op::kDefault) return defined ? value : value_of(node.second, input);
  if (node.op == Op::kLower || node.op == Op::kUpper || node.op == Op::kTrim) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return value;
    return node.op == Op::kTrim ? std::string(trim(*text)) : changed_case(*text, node.op == Op::kUpper);
  }
  const auto number = number_of(value);
  if (node.op == Op::kRound) {
    if (!number) return {};
    return rounded(*number, number_of(value_of(node.second, input)).value_or(0));
  }
  if (!number) return node.op == Op::kAbs ? TemplateValue() : value_of(node.second, input);
  if (node.op == Op::kAbs) return std::abs(*number);
  return node.op == Op::kInt ? std::trunc(*number) : *number;
}

}  // namespace telltale::mqtt
