// What a counter's fall means: it restarted, it rolled over, or it only seemed to fall.
#pragma once

#include <cmath>

namespace telltale::core {

struct CounterRule {
  // A counter that goes back to zero at this value, such as 65536. 0: it does not.
  double width = 0;
  // A fall of at most this much is a dip (a meter that rounds, two counters merged) and counts as what it is: less.
  // Negative: a tenth of the value before the fall.
  double dip = -1;
  friend bool operator==(const CounterRule&, const CounterRule&) = default;
};

// What a step from `before` to `after` has to be lifted by, so that after - before + lift is what was counted.
[[nodiscard]] inline double counter_lift(double before, double after, const CounterRule& rule) {
  if (!(after < before)) return 0;
  const double fall = before - after;
  if (fall <= (rule.dip < 0 ? std::abs(before) / 10 : rule.dip)) return 0;
  const bool rolled = rule.width > 0 && before < rule.width && after >= 0 && fall > rule.width / 2;
  return rolled ? rule.width : before;  // else it began again at zero
}

}  // namespace telltale::core
