// Dashboards: what a document may say, and every mistake in it at once. Owned by nobody; any one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/load.h"
#include "daemon/core/config_node.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/option_schema.h"

namespace telltale::config {

inline constexpr std::size_t kMaxDashboards = 256;
inline constexpr std::size_t kMaxDashboardBytes = 256UL * 1024;
inline constexpr std::size_t kMaxPanels = 200;  // of one dashboard, before panels and sections repeat

// What a dashboard, or one of its panels, may say.
[[nodiscard]] const std::vector<core::OptionSpec>& dashboard_table();

// Mistakes of one dashboard's document go to `diagnostics`.
void check_dashboard(const core::ConfigNode& document, core::Diagnostics& diagnostics);

// A name that a file, and an address of the page, can have.
[[nodiscard]] bool is_dashboard_name(std::string_view name);

struct DashboardOutcome {
  core::ConfigNode document;  // meaningful when there are no errors
  core::Diagnostics diagnostics;
  std::string report;  // `oven.yaml:3:5: error: …`, line and caret
};
// A dashboard's own file, called NAME.yaml.
[[nodiscard]] DashboardOutcome load_dashboard(const Source& source, std::string_view name);

// The list of the configuration file, each with a `name`; the warnings and errors of all of them.
[[nodiscard]] std::vector<core::ConfigNode> read_dashboards(const core::ConfigNode* node,
                                                            core::Diagnostics& diagnostics);

}  // namespace telltale::config
