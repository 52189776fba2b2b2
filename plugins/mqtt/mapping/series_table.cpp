#include "plugins/mqtt/mapping/series_table.h"

namespace telltale::mqtt {

std::optional<SeriesTable::Entry> SeriesTable::declare(std::string_view key, const SeriesSpec& spec) {
  if (!budget_->has_room()) return std::nullopt;
  try {
    const Entry entry{host_.declare(spec).number(), spec.kind};
    entries_.emplace(key, entry);
    budget_->take();
    return entry;
  } catch (const ConfigError&) {
    host_.count("series.refused");
    return std::nullopt;
  }
}

}  // namespace telltale::mqtt
