#include "daemon/core/expression_function.h"

#include <algorithm>
#include <array>

namespace telltale::core {

namespace {

constexpr std::array<ExpressionFunction, 40> kFunctions = {{
    {"abs", 1, 1, "abs(x)", "", "="},
    {"sqrt", 1, 1, "sqrt(x)"},
    {"exp", 1, 1, "exp(x)"},
    {"ln", 1, 1, "ln(x)"},
    {"log10", 1, 1, "log10(x)"},
    {"log2", 1, 1, "log2(x)"},
    {"sin", 1, 1, "sin(radians)"},
    {"cos", 1, 1, "cos(radians)"},
    {"tan", 1, 1, "tan(radians)"},
    {"asin", 1, 1, "asin(x)"},
    {"acos", 1, 1, "acos(x)"},
    {"atan", 1, 1, "atan(x)"},
    {"atan2", 2, 2, "atan2(y, x)"},
    {"round", 1, 1, "round(x)", "", "="},
    {"floor", 1, 1, "floor(x)", "", "="},
    {"ceil", 1, 1, "ceil(x)", "", "="},
    {"sign", 1, 1, "sign(x)"},
    {"least", 2, 16, "least(a, b, …)", "", "="},
    {"greatest", 2, 16, "greatest(a, b, …)", "", "="},
    {"clamp", 3, 3, "clamp(x, lowest, highest)", "", "="},
    {"dew_point", 2, 2, "dew_point(temperature, humidity)", "°C,%", "°C"},
    {"heat_index", 2, 2, "heat_index(temperature, humidity)", "°C,%", "°C"},
    {"absolute_humidity", 2, 2, "absolute_humidity(temperature, humidity)", "°C,%", "g/m³"},
    {"efficiency", 2, 2, "efficiency(out, in)", "", "%"},
    {"pt100", 1, 1, "pt100(resistance)", "Ω", "°C"},
    {"pt1000", 1, 1, "pt1000(resistance)", "Ω", "°C"},
    {"ntc", 4, 4, "ntc(resistance, A, B, C)", "Ω", "°C"},
    {"ntc_beta", 3, 4, "ntc_beta(resistance, R25, beta[, at])", "Ω", "°C"},
    {"loop", 3, 3, "loop(current, at_4mA, at_20mA)", "mA"},
    {"table", 5, 65, "table(x, x1, y1, x2, y2, …)"},
    {"celsius", 1, 1, "celsius(fahrenheit)", "°F", "°C"},
    {"fahrenheit", 1, 1, "fahrenheit(celsius)", "°C", "°F"},
    {"unusual", 1, 2, "unusual(series[, weeks])"},
    {"energy", 1, 2, "energy(power[, longest gap])", "W", "", true},
    {"running_hours", 1, 2, "running_hours(condition[, longest gap])", "", "h", true},
    {"cost", 1, 1, "cost(energy meter)", "", "", true},
    {"total", 1, 1, "total(counter)", "", "=", true},
    {"difference", 1, 1, "difference(counter)", "", "=", true},
    {"if", 3, 3, "if(condition, then, else)"},
    {"not", 1, 1, "not(condition)"},
}};

}  // namespace

std::span<const ExpressionFunction> expression_functions() { return kFunctions; }

const ExpressionFunction* find_expression_function(std::string_view name) {
  const auto* const found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const auto& one) { return one.name == name; });
  return found == kFunctions.end() ? nullptr : found;
}

}  // namespace telltale::core
