#include <string>
#include <utility>

#include <telltale/payload/series_budget.hpp>

namespace telltale::payload {

bool SeriesBudget::has_room() {
  if (used_ < most_) return true;
  host_.count("series.over_limit");
  if (!std::exchange(is_said_, true)) {
    host_.warning("messages ask for more than " + std::to_string(most_) +
                  " series: more are refused; raise max_series or ask for less");
  }
  return false;
}

}  // namespace telltale::payload
