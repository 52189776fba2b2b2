// Which series a sink sends, and as what they go out: chosen, renamed, with labels. The sinks' thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/sinks.h"
#include "daemon/core/log.h"
#include "daemon/core/selector.h"

namespace telltale::sinks {

class Routes {
 public:
  // All outlive this.
  Routes(const core::Catalog& catalog, const core::SinkConfig& config, const core::Logger& log);

  // Looks at the catalog again when it changed.
  void refresh();
  // Null: it stays here.
  [[nodiscard]] core::SeriesPtr of(core::SeriesId id);
  // Of one that is chosen; of a statistic of it when one is given. Null: the other side has another of that name.
  [[nodiscard]] core::SeriesPtr shown(const core::SeriesPtr& series, std::optional<core::Stat> stat = std::nullopt);
  // All that are chosen, by id.
  [[nodiscard]] std::vector<core::SeriesPtr> chosen() const;
  [[nodiscard]] std::uint64_t count() const;

 private:
  struct Shown {
    core::SeriesPtr of;
    core::SeriesPtr as;
  };
  [[nodiscard]] bool chooses(const core::SeriesInfo& series) const;
  [[nodiscard]] core::SeriesPtr make(const core::SeriesInfo& series, std::optional<core::Stat> stat);
  [[nodiscard]] std::string renamed(const std::string& name) const;
  void refuse(const core::SeriesInfo& series, const std::string& why);

  const core::Catalog& catalog_;
  const core::SinkConfig& config_;
  const core::Logger& log_;
  std::vector<core::Selector> wanted_;
  std::vector<core::Selector> unwanted_;
  std::uint64_t generation_ = 0;                                // of the catalog, when routes_ was made
  std::unordered_map<core::SeriesId, core::SeriesPtr> routes_;  // null: not chosen
  std::unordered_map<std::uint64_t, Shown> shown_;              // by id and statistic
  std::unordered_map<std::string, core::SeriesId> owners_;      // of the names over there
  std::unordered_set<core::SeriesId> refused_;                  // that was said
};

}  // namespace telltale::sinks
