// An expression, ready to compute: its names are slots, its arithmetic is muParser's. Owned by a program; one thread.
#pragma once

#include <memory>
#include <span>

#include "daemon/core/error.h"
#include "daemon/core/expression.h"

namespace telltale::rules {

class Formula {
 public:
  // References take the slots from `first_slot` on. ErrorCode::kInternal when muParser does not take what the grammar
  // allowed.
  [[nodiscard]] static core::Result<Formula> compile(const core::ExpressionNode& root, std::size_t first_slot = 0);
  Formula(Formula&&) noexcept;
  Formula& operator=(Formula&&) noexcept;
  Formula(const Formula&) = delete;
  Formula& operator=(const Formula&) = delete;
  ~Formula();

  // Of the slots' values; NaN where one that it uses is absent, or the result is not finite.
  [[nodiscard]] double compute(std::span<const double> slots);

 private:
  struct Machine;
  explicit Formula(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace telltale::rules
