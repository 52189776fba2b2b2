// Home Assistant's history as records: home-assistant_v2.db, as its recorder wrote it from 2021 on.
//
//   states           entity_id or metadata_id (states_meta), state, last_updated (text, UTC) or last_updated_ts (s)
//   attributes       in states, or shared in state_attributes: unit_of_measurement, state_class
//   statistics, statistics_short_term: metadata_id (statistics_meta), start or start_ts, mean, min, max, sum, state
//
// A number is a gauge (a counter when its state_class is total_increasing), any other state one with names. Statistics
// become series of their own, `ENTITY{statistic="mean"}`: an hour's mean is no reading. One thread; reads alone.
#pragma once

#include <string>

#include "daemon/core/error.h"
#include "daemon/tools/import_record.h"

namespace telltale::tools {

struct HomeAssistantOptions {
  bool states = true;
  bool statistics = true;
};

// Whether the file at `path` is an SQLite database.
[[nodiscard]] bool is_sqlite(const std::string& path);
// kInvalid: it is none of Home Assistant's.
[[nodiscard]] core::Result<void> import_home_assistant(const std::string& path, const HomeAssistantOptions& options,
                                                       ImportSink& sink);

}  // namespace telltale::tools
