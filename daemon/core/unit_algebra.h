// Whether units go together: `V * A` is `W`, `°C + V` is nothing, `W` is not `kW`. A unit that is not known is
// believed. Constant; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/expression.h"

namespace telltale::core {

// A unit as powers of base units and a factor to them.
struct Measure {
  static constexpr std::size_t kBases = 8;
  // Of metre, kilogram, second, ampere, kelvin, mole, candela, byte.
  std::array<std::int8_t, kBases> powers{};
  double factor = 1;  // 0: not known, a number is part of it
  std::string text;   // as people write it
  [[nodiscard]] bool same_kind(const Measure& other) const { return powers == other.powers; }
};

// `kW`, `m³/h`, `°C`, `kWh`, `l/min`; nothing for a unit that is not known.
[[nodiscard]] std::optional<Measure> parse_unit(std::string_view text);

// Unit of a reference by its number in the expression; empty: it has none.
using UnitOf = std::function<std::string(std::size_t reference)>;

// Every place at which units do not go together, and where the result does not have the `declared` one (empty: any).
[[nodiscard]] std::vector<ExpressionMistake> check_units(const Expression& expression, const UnitOf& unit_of,
                                                         std::string_view declared);

}  // namespace telltale::core
