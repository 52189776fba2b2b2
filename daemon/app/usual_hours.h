// Hours of the history, for what is usual: its tiers answer, where they have been made. Any thread; blocks on the disk.
#pragma once

#include "daemon/core/interfaces/history.h"
#include "daemon/rules/past_usual.h"

namespace telltale::app {

// Those of [from, to), whole hours both, that have readings.
[[nodiscard]] core::Result<rules::PastHours> hours_of(core::HistoryReader& history, const core::SeriesPtr& series,
                                                      core::WallTime from, core::WallTime to);

}  // namespace telltale::app
