#include "daemon/rules/formula.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <muParser.h>

#include "daemon/rules/physics.h"

namespace telltale::rules {

namespace {

using Node = core::ExpressionNode;
using Kind = core::ExpressionNode::Kind;
using Arguments = std::span<const double>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// muParser's form of a function, around one that takes a span. It has checked the count by the grammar's table.
template <double (*function)(Arguments)>
double called(const double* values, int count) {
  return function(Arguments(values, static_cast<std::size_t>(count)));
}
template <double (*function)(double)>
double one(Arguments a) {
  return function(a[0]);
}
template <double (*function)(double, double)>
double two(Arguments a) {
  return function(a[0], a[1]);
}

double sign(Arguments a) { return a[0] > 0 ? 1 : a[0] < 0 ? -1 : 0; }
double least(Arguments a) { return *std::min_element(a.begin(), a.end()); }
double greatest(Arguments a) { return *std::max_element(a.begin(), a.end()); }
double clamp(Arguments a) { return a[1] <= a[2] ? std::clamp(a[0], a[1], a[2]) : kNone; }
double efficiency(Arguments a) { return a[1] > 0 ? a[0] / a[1] * 100 : kNone; }
double pt100(Arguments a) { return platinum(a[0], 100); }
double pt1000(Arguments a) { return platinum(a[0], 1000); }
double thermistor(Arguments a) { return ntc(a[0], a[1], a[2], a[3]); }
double thermistor_beta(Arguments a) { return ntc_beta(a[0], a[1], a[2], a.size() > 3 ? a[3] : 25); }
double loop(Arguments a) { return current_loop(a[0], a[1], a[2]); }
double table(Arguments a) { return interpolate(a[0], a.subspan(1)); }
double celsius(Arguments a) { return (a[0] - 32) * 5 / 9; }
double fahrenheit(Arguments a) { return a[0] * 9 / 5 + 32; }
double choose(Arguments a) { return a[0] != 0 ? a[1] : a[2]; }
double negate(Arguments a) { return a[0] == 0 ? 1 : 0; }

struct Function {
  std::string_view name;
  mu::multfun_type call;
};
constexpr std::array<Function, 34> kFunctions = {{
    {"abs", called<one<std::fabs>>},
    {"sqrt", called<one<std::sqrt>>},
    {"exp", called<one<std::exp>>},
    {"ln", called<one<std::log>>},
    {"log10", called<one<std::log10>>},
    {"log2", called<one<std::log2>>},
    {"sin", called<one<std::sin>>},
    {"cos", called<one<std::cos>>},
    {"tan", called<one<std::tan>>},
    {"asin", called<one<std::asin>>},
    {"acos", called<one<std::acos>>},
    {"atan", called<one<std::atan>>},
    {"atan2", called<two<std::atan2>>},
    {"round", called<one<std::round>>},
    {"floor", called<one<std::floor>>},
    {"ceil", called<one<std::ceil>>},
    {"sign", called<sign>},
    {"least", called<least>},
    {"greatest", called<greatest>},
    {"clamp", called<clamp>},
    {"dew_point", called<two<dew_point>>},
    {"heat_index", called<two<heat_index>>},
    {"absolute_humidity", called<two<absolute_humidity>>},
    {"efficiency", called<efficiency>},
    {"pt100", called<pt100>},
    {"pt1000", called<pt1000>},
    {"ntc", called<thermistor>},
    {"ntc_beta", called<thermistor_beta>},
    {"loop", called<loop>},
    {"table", called<table>},
    {"celsius", called<celsius>},
    {"fahrenheit", called<fahrenheit>},
    {"if", called<choose>},
    {"not", called<negate>},
}};

// The expression as muParser reads it: every part in brackets, so that the tree alone says what belongs together.
class Writer {
 public:
  explicit Writer(std::size_t first_slot) : first_slot_(first_slot) {}

  void write(const Node& node) {
    switch (node.kind) {
      case Kind::kNumber:
        text_ += fmt::format("{:.17g}", node.number);
        return;
      case Kind::kSeries:
        text_ += fmt::format("v{}", slot(first_slot_ + node.reference));
        return;
      case Kind::kUnary:
        if (node.word == "+") return write(node.children[0]);
        bracket([&] {
          text_ += node.word == "!" ? "0==" : "-";
          bracket([&] { write(node.children[0]); });
        });
        return;
      case Kind::kBinary:
        bracket([&] {
          write(node.children[0]);
          text_ += node.word;
          write(node.children[1]);
        });
        return;
      case Kind::kChoice:
        bracket([&] {
          write(node.children[0]);
          text_ += " ? ";
          write(node.children[1]);
          text_ += " : ";
          write(node.children[2]);
        });
        return;
      case Kind::kCall:
        call(node);
        return;
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<std::size_t>& slots() const { return slots_; }
  [[nodiscard]] const std::set<std::string, std::less<>>& calls() const { return calls_; }

 private:
  template <class Inside>
  void bracket(Inside&& inside) {
    text_ += '(';
    inside();
    text_ += ')';
  }
  void call(const Node& node) {
    // Apart from muParser's own names.
    text_ += "f_" + node.word;
    calls_.insert(node.word);
    bracket([&] {
      for (const Node& argument : node.children) {
        if (&argument != &node.children.front()) text_ += ',';
        write(argument);
      }
    });
  }
  std::size_t slot(std::size_t wanted) {
    if (std::find(slots_.begin(), slots_.end(), wanted) == slots_.end()) slots_.push_back(wanted);
    return wanted;
  }

  std::size_t first_slot_;
  std::string text_;
  std::vector<std::size_t> slots_;
  std::set<std::string, std::less<>> calls_;
};

}  // namespace

struct Formula::Machine {
  std::vector<std::size_t> slots;
  std::vector<double> values;  // of the slots; muParser knows where they are
  mu::Parser parser;
};

Formula::Formula(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;
Formula::~Formula() = default;

core::Result<Formula> Formula::compile(const core::ExpressionNode& root, std::size_t first_slot) {
  Writer writer(first_slot);
  writer.write(root);
  auto machine = std::make_unique<Machine>();
  machine->slots = writer.slots();
  machine->values.resize(machine->slots.size(), 1);
  try {
    for (const Function& function : kFunctions) {
      if (writer.calls().count(function.name) == 0) continue;
      machine->parser.DefineFun("f_" + std::string(function.name), function.call);
    }
    for (std::size_t i = 0; i < machine->slots.size(); ++i) {
      machine->parser.DefineVar(fmt::format("v{}", machine->slots[i]), &machine->values[i]);
    }
    machine->parser.SetExpr(writer.text());
    static_cast<void>(machine->parser.Eval());  // it compiles now, and not in the midst of readings
  } catch (const mu::ParserError& failure) {
    return core::make_error(core::ErrorCode::kInternal, "cannot be computed: " + failure.GetMsg());
  }
  return Formula(std::move(machine));
}

double Formula::compute(std::span<const double> slots) {
  Machine& machine = *machine_;
  for (std::size_t i = 0; i < machine.slots.size(); ++i) {
    machine.values[i] = slots[machine.slots[i]];
    if (!std::isfinite(machine.values[i])) return kNone;
  }
  try {
    const double result = machine.parser.Eval();
    return std::isfinite(result) ? result : kNone;
  } catch (const mu::ParserError&) {
    return kNone;
  }
}

}  // namespace telltale::rules
