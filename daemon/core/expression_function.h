// The functions of expressions: how they are called, and in which units. Those of a plain calculation compute in
// daemon/rules; those that remember what was before stand alone in a derived series. Constant; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace telltale::core {

struct ExpressionFunction {
  std::string_view name;
  std::size_t least = 1;  // arguments
  std::size_t most = 1;
  std::string_view form;         // how it is written
  std::string_view units = {};   // of the arguments, commas between; "*": any; empty: any
  std::string_view result = {};  // unit; "=": that of the first argument; empty: not known
  bool remembers = false;        // stands alone: it goes on from its result before
};

[[nodiscard]] std::span<const ExpressionFunction> expression_functions();
// Or nullptr.
[[nodiscard]] const ExpressionFunction* find_expression_function(std::string_view name);

}  // namespace telltale::core
