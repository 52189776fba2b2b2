// Expressions in options: every mistake at its own column. Called while loading.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/core/config_node.h"
#include "daemon/core/derived_spec.h"
#include "daemon/core/diagnostic.h"
#include "daemon/core/expression.h"
#include "daemon/core/option_schema.h"

namespace telltale::config {

// Where byte `at` of a value stands in the file; of a value over several lines, where it begins.
[[nodiscard]] core::SourceMark mark_in(const core::ConfigNode& value, std::size_t at);

// The expression that item `name` of a section says; nullptr when it is missing or has mistakes. `longest_window`:
// windows beyond it are not kept.
[[nodiscard]] core::ExpressionPtr read_expression(const core::ConfigNode& section, std::string_view name,
                                                  core::Duration longest_window, core::Diagnostics& diagnostics);

// `mon-fri`, `sat,sun`, `daily`: bits of WeekSpan::days; `06:00`: minutes. Nothing for what is none.
[[nodiscard]] std::optional<std::uint8_t> parse_days(std::string_view text);
[[nodiscard]] std::optional<int> parse_time_of_day(std::string_view text);
// Of a section with `days`, `from` and `to`, validated from `node`.
[[nodiscard]] core::WeekSpan read_week_span(const core::OptionValue& value, const core::ConfigNode& node,
                                            core::Diagnostics& diagnostics);

}  // namespace telltale::config
