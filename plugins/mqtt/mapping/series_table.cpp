#include "plugins/mqtt/mapping/series_table.h"

namespace telltale::mqtt {

std::optional<SeriesTable::Entry> SeriesTable::declare(std::string_view key, const SeriesSpec& spec) {
  if (entries_.size() >= max_series_) {
    host_.count("series.over_limit");
    if (!limit_logged_) {
      host_.warning("messages ask for more than " + std::to_string(max_series_) +
                    " series: more are refused; raise max_series or subscribe to less");
    }
    limit_logged_ = true;
    return std::nullopt;
  }
  try {
    const Entry entry{host_.declare(spec).number(), spec.kind};
    entries_.emplace(key, entry);
    return entry;
  } catch (const ConfigError&) {
    host_.count("series.refused");
    return std::nullopt;
  }
}

}  // namespace telltale::mqtt
