// The templates of Home Assistant's discovery in the forms that devices use: `{{ value_json.a.b[0] }}`,
// `{{ value_json['a'] | float(0) / 10 | round(1) }}`, `{{ 'ON' if value_json.x > 5 else 'OFF' }}`,
// `{% if value_json.x %}ON{% else %}OFF{% endif %}`. A part of Jinja, without loops, assignments and calls of others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <telltale/payload/json_payload.hpp>

namespace telltale::mqtt {

// What a template is applied to.
struct TemplateInput {
  std::string_view value;                           // the payload
  std::span<const payload::JsonLeaf> value_json{};  // its leaves, when it is JSON
};

// std::monostate: undefined, as of a key that is not there.
using TemplateValue = std::variant<std::monostate, double, bool, std::string>;

// A value; constant once made; small and bounded, whatever the text.
class ValueTemplate {
 public:
  static constexpr std::size_t kMaxText = 2'048;
  static constexpr std::size_t kMaxNodes = 128;

  // The template, or what is wrong with it in words.
  [[nodiscard]] static std::variant<ValueTemplate, std::string> parse(std::string_view text);

  // What it says of that input. Never fails: what cannot be computed is undefined. [any]
  [[nodiscard]] TemplateValue evaluate(const TemplateInput& input) const;

 private:
  friend class TemplateParser;
  enum class Op : std::uint8_t {
    kLiteral,
    kValue,
    kJson,  // text: the path of a leaf, joined with dots
    kNot,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kModulo,
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kAnd,
    kOr,
    kChoose,  // first ? second : third
    kFloat,   // a filter; second: its default
    kInt,
    kRound,  // second: digits
    kAbs,
    kLower,
    kUpper,
    kTrim,
    kDefault,
    kIsDefined,
  };
  static constexpr std::uint8_t kNone = 0xff;
  struct Node {
    Op op = Op::kLiteral;
    std::uint8_t first = kNone;
    std::uint8_t second = kNone;
    std::uint8_t third = kNone;
    TemplateValue literal{};
    std::string path{};
  };

  [[nodiscard]] TemplateValue value_of(std::uint8_t index, const TemplateInput& input) const;
  [[nodiscard]] TemplateValue operand(const Node& node, const TemplateInput& input) const;
  [[nodiscard]] TemplateValue compared(const Node& node, const TemplateInput& input) const;
  [[nodiscard]] TemplateValue filtered(const Node& node, const TemplateInput& input) const;

  std::vector<Node> nodes_;  // operands stand before what uses them
};

}  // namespace telltale::mqtt
