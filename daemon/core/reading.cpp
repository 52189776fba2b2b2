#include "daemon/core/reading.h"

namespace telltale::core {

std::string_view to_text(Quality quality) {
  switch (quality) {
    case Quality::kGood:
      return "good";
    case Quality::kStale:
      return "stale";
    case Quality::kUncertain:
      return "uncertain";
    case Quality::kBad:
      return "bad";
  }
  return "unknown";
}

}  // namespace telltale::core
