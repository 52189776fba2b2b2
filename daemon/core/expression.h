// What users write to compute a value of series: `press7.volts * press7.amps`, `oil.temperature@mean_1m > 80`,
// `sum by (line) (press.power)`. Read here into a tree with the place of everything, so that config can name every
// mistake and rules can compute it. Pure; any thread.
//
// A name stands for the newest reading of its series, with `@stat_window` behind it for a statistic of a window:
// - `room.temperature`: of every series of that name. What is computed has the labels that the series have: one result
//   for each set of labels. A series without labels goes with all of them.
// - `room.temperature{room="hall"}`: of the one series that it chooses.
// - `sum(hall.*.power)`, `max by (line) (press.power)`: of all that it chooses together, or per value of the labels.
// - `unusual(oil.temperature, 8)`: read as the value less what is usual for it at this hour of the week, by how far
//   from that is usual.
// Between ' or ` a name may have any character. A `*` or `?` needs no quotes behind a dot.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/selector.h"

namespace telltale::core {

inline constexpr std::size_t kMaxExpressionBytes = 4096;
inline constexpr std::size_t kMaxExpressionDepth = 32;
inline constexpr std::size_t kMaxExpressionNodes = 256;
inline constexpr std::size_t kMaxExpressionReferences = 64;
// Past weeks that unusual() looks at: when nothing is said, and at least and at most.
inline constexpr int kUsualWeeks = 8;
inline constexpr int kLeastWeeks = 3;
inline constexpr int kMostWeeks = 52;

// How many values become one.
enum class Gather : std::uint8_t { kNone, kSum, kMean, kMin, kMax, kCount };

struct ExpressionNode {
  enum class Kind : std::uint8_t { kNumber, kSeries, kCall, kUnary, kBinary, kChoice };
  Kind kind = Kind::kNumber;
  std::size_t begin = 0;  // bytes of the text
  std::size_t end = 0;
  double number = 0;          // of a number; a duration is in seconds
  bool is_duration = false;   // it was written `5m`
  std::string word;           // the function, or the operator
  std::size_t reference = 0;  // of a series: index in Expression::references
  std::vector<ExpressionNode> children;
};

// What of a series is looked at.
enum class Look : std::uint8_t {
  kValue,        // its newest reading, or the statistic of a window
  kUsualCentre,  // what is usual for it at this hour of the week
  kUsualScale,   // how far from that is usual
};

// A series, or several, that an expression looks at.
struct SeriesReference {
  Selector selector;
  Gather gather = Gather::kNone;
  std::vector<std::string> by;  // labels, sorted; of a gathering
  bool grouped = false;         // it has `by`
  bool each = false;            // whatever it chooses stands for itself: of rules
  bool single = false;          // it has labels, and no gathering: one series
  std::size_t begin = 0;
  std::size_t end = 0;
  Look look = Look::kValue;
  int weeks = 0;  // of what is usual
};

struct Expression {
  std::string text;
  ExpressionNode root;
  std::vector<SeriesReference> references;  // each distinct one once
};
using ExpressionPtr = std::shared_ptr<const Expression>;

// A mistake at bytes of the text.
struct ExpressionMistake {
  std::size_t at = 0;
  std::string message;
};

struct ExpressionOutcome {
  ExpressionPtr expression;  // when there is no mistake
  std::vector<ExpressionMistake> mistakes;
};
[[nodiscard]] ExpressionOutcome parse_expression(std::string_view text);

// Whether it looks at what is usual: past weeks have to be at hand.
[[nodiscard]] bool looks_back(const Expression& expression);
// Whether it goes on from its own result: a function that remembers is all of it.
[[nodiscard]] bool remembers(const Expression& expression);

}  // namespace telltale::core
