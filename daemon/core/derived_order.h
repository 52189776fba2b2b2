// In which order derived series are computed: each behind those that it looks at. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/core/derived_spec.h"

namespace telltale::core {

// Those that look at each other in a circle: names, the first again at the end, and the reference by which the circle
// closes.
struct DerivedCircle {
  std::vector<std::string> names;
  std::size_t spec = 0;  // whose expression closes it
  std::size_t reference = 0;
};
[[nodiscard]] std::vector<DerivedCircle> circles_of(const std::vector<DerivedSpec>& specs);

// Indices of specs; of those in a circle, any.
[[nodiscard]] std::vector<std::size_t> order_of(const std::vector<DerivedSpec>& specs);

}  // namespace telltale::core
