#include "daemon/core/unit_algebra.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "daemon/core/expression_function.h"

namespace telltale::core {

namespace {

struct KnownUnit {
  std::string_view name;
  std::array<std::int8_t, Measure::kBases> powers;
  double factor = 1;
};

constexpr double kHour = 3600;
// m, kg, s, A, K, mol, cd, byte
constexpr KnownUnit kUnits[] = {
    {"m", {1}},
    {"µm", {1}, 1e-6},
    {"mm", {1}, 1e-3},
    {"cm", {1}, 1e-2},
    {"km", {1}, 1e3},
    {"m²", {2}},
    {"m2", {2}},
    {"m³", {3}},
    {"m3", {3}},
    {"l", {3}, 1e-3},
    {"L", {3}, 1e-3},
    {"ml", {3}, 1e-6},
    {"kg", {0, 1}},
    {"g", {0, 1}, 1e-3},
    {"mg", {0, 1}, 1e-6},
    {"µg", {0, 1}, 1e-9},
    {"t", {0, 1}, 1e3},
    {"s", {0, 0, 1}},
    {"ms", {0, 0, 1}, 1e-3},
    {"min", {0, 0, 1}, 60},
    {"h", {0, 0, 1}, kHour},
    {"d", {0, 0, 1}, 24 * kHour},
    {"Hz", {0, 0, -1}},
    {"kHz", {0, 0, -1}, 1e3},
    {"MHz", {0, 0, -1}, 1e6},
    {"rpm", {0, 0, -1}, 1.0 / 60},
    {"A", {0, 0, 0, 1}},
    {"mA", {0, 0, 0, 1}, 1e-3},
    {"Ah", {0, 0, 1, 1}, kHour},
    {"K", {0, 0, 0, 0, 1}},
    {"°C", {0, 0, 0, 0, 1}},
    {"℃", {0, 0, 0, 0, 1}},
    {"°F", {0, 0, 0, 0, 1}, 5.0 / 9},
    {"mol", {0, 0, 0, 0, 0, 1}},
    {"cd", {0, 0, 0, 0, 0, 0, 1}},
    {"lm", {0, 0, 0, 0, 0, 0, 1}},
    {"lx", {-2, 0, 0, 0, 0, 0, 1}},
    {"B", {0, 0, 0, 0, 0, 0, 0, 1}},
    {"kB", {0, 0, 0, 0, 0, 0, 0, 1}, 1e3},
    {"MB", {0, 0, 0, 0, 0, 0, 0, 1}, 1e6},
    {"GB", {0, 0, 0, 0, 0, 0, 0, 1}, 1e9},
    {"KiB", {0, 0, 0, 0, 0, 0, 0, 1}, 1024},
    {"MiB", {0, 0, 0, 0, 0, 0, 0, 1}, 1048576},
    {"GiB", {0, 0, 0, 0, 0, 0, 0, 1}, 1073741824},
    {"N", {1, 1, -2}},
    {"kN", {1, 1, -2}, 1e3},
    {"Pa", {-1, 1, -2}},
    {"hPa", {-1, 1, -2}, 1e2},
    {"kPa", {-1, 1, -2}, 1e3},
    {"MPa", {-1, 1, -2}, 1e6},
    {"mbar", {-1, 1, -2}, 1e2},
    {"bar", {-1, 1, -2}, 1e5},
    {"J", {2, 1, -2}},
    {"kJ", {2, 1, -2}, 1e3},
    {"MJ", {2, 1, -2}, 1e6},
    {"Nm", {2, 1, -2}},
    {"Wh", {2, 1, -2}, kHour},
    {"kWh", {2, 1, -2}, 1e3 * kHour},
    {"MWh", {2, 1, -2}, 1e6 * kHour},
    {"W", {2, 1, -3}},
    {"mW", {2, 1, -3}, 1e-3},
    {"kW", {2, 1, -3}, 1e3},
    {"MW", {2, 1, -3}, 1e6},
    {"VA", {2, 1, -3}},
    {"kVA", {2, 1, -3}, 1e3},
    {"var", {2, 1, -3}},
    {"kvar", {2, 1, -3}, 1e3},
    {"V", {2, 1, -3, -1}},
    {"mV", {2, 1, -3, -1}, 1e-3},
    {"kV", {2, 1, -3, -1}, 1e3},
    {"Ω", {2, 1, -3, -2}},
    {"Ω", {2, 1, -3, -2}},  // the sign of its own, U+2126
    {"Ohm", {2, 1, -3, -2}},
    {"ohm", {2, 1, -3, -2}},
    {"kΩ", {2, 1, -3, -2}, 1e3},
    {"kOhm", {2, 1, -3, -2}, 1e3},
    {"%", {}, 0.01},
    {"%RH", {}, 0.01},
    {"1", {}, 1},
    {"ppm", {}, 1e-6},
};

const KnownUnit* find_unit(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const KnownUnit& one) { return one.name == name; });
  return found == std::end(kUnits) ? nullptr : found;
}

Measure product(const Measure& left, const Measure& right, int sign) {
  Measure out = left;
  for (std::size_t i = 0; i < Measure::kBases; ++i) {
    const int sum = out.powers.at(i) + sign * right.powers.at(i);
    out.powers.at(i) = static_cast<std::int8_t>(std::clamp(sum, -100, 100));
  }
  out.factor = sign > 0 ? left.factor * right.factor : right.factor == 0 ? 0 : left.factor / right.factor;
  if (left.text.empty() || left.text == "1") {
    out.text = sign > 0 ? right.text : "1/" + right.text;
  } else if (!right.text.empty() && right.text != "1") {
    out.text = left.text + (sign > 0 ? "·" : "/") + right.text;
  }
  if (out.text.size() > 64) out.text = "that";
  return out;
}

bool same_factor(double a, double b) { return a == 0 || b == 0 || std::abs(a / b - 1) < 1e-9; }

// What is known of a part: nothing, a measure, or that it is a number, which goes with everything.
struct Known {
  std::optional<Measure> measure;
  bool number = false;
};

class Checker {
 public:
  Checker(const Expression& expression, const UnitOf& unit_of) : expression_(expression), unit_of_(unit_of) {}

  Known check(const ExpressionNode& node) {
    switch (node.kind) {
      case ExpressionNode::Kind::kNumber:
        return {std::nullopt, true};
      case ExpressionNode::Kind::kSeries:
        return series(node);
      case ExpressionNode::Kind::kUnary: {
        Known inner = check(node.children[0]);
        return node.word == "!" ? Known{} : inner;
      }
      case ExpressionNode::Kind::kBinary:
        return binary(node);
      case ExpressionNode::Kind::kChoice:
        static_cast<void>(check(node.children[0]));
        return together(node.children[1], node.children[2], "be alternatives");
      case ExpressionNode::Kind::kCall:
        return call(node);
    }
    return {};
  }
  std::vector<ExpressionMistake> take() { return std::move(mistakes_); }
  void say(std::size_t at, std::string message) { mistakes_.push_back({at, std::move(message)}); }

 private:
  [[nodiscard]] std::string written(const ExpressionNode& node) const {
    return expression_.text.substr(node.begin, std::min<std::size_t>(node.end - node.begin, 48));
  }

  Known series(const ExpressionNode& node) {
    const SeriesReference& reference = expression_.references.at(node.reference);
    const auto& window = reference.selector.window_stat();
    if (reference.gather == Gather::kCount || (window && window->stat == Stat::kCount)) return {Measure{}, false};
    auto measure = parse_unit(unit_of_(node.reference));
    if (measure && window && window->stat == Stat::kRate) measure = product(*measure, *parse_unit("s"), -1);
    return {std::move(measure), false};
  }

  Known together(const ExpressionNode& left, const ExpressionNode& right, std::string_view what) {
    Known a = check(left);
    return together(std::move(a), left, check(right), right, what);
  }

  Known together(Known a, const ExpressionNode& left, Known b, const ExpressionNode& right, std::string_view what) {
    if (a.measure && b.measure) {
      const bool kinds = a.measure->same_kind(*b.measure);
      if (!kinds || !same_factor(a.measure->factor, b.measure->factor)) {
        say(right.begin,
            fmt::format("{} is in {} and {} in {}: they cannot {}{}", written(left), a.measure->text, written(right),
                        b.measure->text, what, kinds ? "; multiply one by the factor between them" : ""));
        return {};
      }
    }
    return a.measure ? a : b;
  }

  Known binary(const ExpressionNode& node) {
    const std::string& word = node.word;
    if (word == "+" || word == "-") {
      return together(node.children[0], node.children[1], word == "+" ? "be added" : "be subtracted");
    }
    if (word == "&&" || word == "||") {
      static_cast<void>(check(node.children[0]));
      static_cast<void>(check(node.children[1]));
      return {};
    }
    if (word == "^") {
      Known base = check(node.children[0]);
      static_cast<void>(check(node.children[1]));
      return {std::nullopt, base.number};
    }
    if (word != "*" && word != "/") {
      static_cast<void>(together(node.children[0], node.children[1], "be compared"));
      return {};
    }
    Known left = check(node.children[0]);
    const Known right = check(node.children[1]);
    if (left.number && right.number) return left;
    if (left.measure && right.number) return scaled(*left.measure);
    if (right.measure && left.number) {
      return word == "*" ? scaled(*right.measure) : scaled(product(Measure{}, *right.measure, -1));
    }
    if (!left.measure || !right.measure) return {};
    return {product(*left.measure, *right.measure, word == "*" ? 1 : -1), false};
  }

  // A number may convert it: only its kind is known.
  static Known scaled(Measure measure) {
    measure.factor = 0;
    return {std::move(measure), false};
  }

  Known call(const ExpressionNode& node) {
    const ExpressionFunction* const function = find_expression_function(node.word);
    if (function == nullptr) return {};
    const std::string_view word = node.word;
    if (word == "least" || word == "greatest" || word == "clamp") return alike(node);
    if (word == "if") {
      static_cast<void>(check(node.children[0]));
      return together(node.children[1], node.children[2], "be alternatives");
    }
    std::string_view wanted = function->units;
    Known first;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const std::string_view unit = wanted.substr(0, wanted.find(','));
      wanted.remove_prefix(std::min(wanted.size(), unit.size() + 1));
      Known argument = check(node.children[i]);
      const auto measure = unit.empty() ? std::nullopt : parse_unit(unit);
      const bool energy = word == "energy";
      if (measure && argument.measure &&
          (!measure->same_kind(*argument.measure) ||
           (!energy && !same_factor(measure->factor, argument.measure->factor)))) {
        say(node.children[i].begin, fmt::format("{}() takes {} here, and {} is in {}", word, unit,
                                                written(node.children[i]), argument.measure->text));
      }
      if (i == 0) first = std::move(argument);
    }
    if (word == "energy" && first.measure) {
      Measure energy = product(*first.measure, *parse_unit("h"), 1);
      energy.text = first.measure->text + "h";
      return {energy, false};
    }
    if (function->result == "=") return first;
    return {parse_unit(function->result), false};
  }

  Known alike(const ExpressionNode& node) {
    Known all = check(node.children[0]);
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      all = together(std::move(all), node.children[0], check(node.children[i]), node.children[i], "be compared");
    }
    return all;
  }

  const Expression& expression_;
  const UnitOf& unit_of_;
  std::vector<ExpressionMistake> mistakes_;
};

}  // namespace

std::optional<Measure> parse_unit(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Measure out;
  int sign = 1;
  std::string_view rest = text;
  while (!rest.empty()) {
    // One sign or another stands between units; a second '/' divides too.
    std::size_t end = rest.find('/');
    std::size_t width = 1;
    if (const auto dot = rest.find("·"); dot < end) {
      end = dot;
      width = std::string_view("·").size();
    }
    const KnownUnit* const unit = find_unit(rest.substr(0, end));
    if (unit == nullptr) return std::nullopt;
    out = product(out, Measure{unit->powers, unit->factor, std::string(unit->name)}, sign);
    if (end == std::string_view::npos) break;
    sign = width == 1 ? -1 : 1;
    rest.remove_prefix(end + width);
    if (rest.empty()) return std::nullopt;
  }
  out.text = text;
  return out;
}

std::vector<ExpressionMistake> check_units(const Expression& expression, const UnitOf& unit_of,
                                           std::string_view declared) {
  Checker checker(expression, unit_of);
  const Known result = checker.check(expression.root);
  const auto wanted = parse_unit(declared);
  auto mistakes = checker.take();
  if (!wanted || !result.measure || !mistakes.empty()) return mistakes;
  if (!wanted->same_kind(*result.measure)) {
    mistakes.push_back({expression.root.begin,
                        fmt::format("the expression gives {}, and 'unit' says {}", result.measure->text, declared)});
  } else if (!same_factor(wanted->factor, result.measure->factor)) {
    mistakes.push_back(
        {expression.root.begin, fmt::format("the expression gives {}, and 'unit' says {}: multiply by {:g}",
                                            result.measure->text, declared, result.measure->factor / wanted->factor)});
  }
  return mistakes;
}

}  // namespace telltale::core
