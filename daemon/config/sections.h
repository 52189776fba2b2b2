// The sections of a configuration, each read by one function: device, server, storage, windows; inputs; derived series,
// rules and sinks. `node` is the section, or nullptr when the file does not have it. Mistakes go to `diagnostics`; the
// result is meaningful only when there were none. Called while loading.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/option_schema.h"

namespace telltale::config {

[[nodiscard]] Device read_device(const core::ConfigNode* node, core::Diagnostics& diagnostics);
[[nodiscard]] Server read_server(const core::ConfigNode* node, core::Diagnostics& diagnostics);
[[nodiscard]] Storage read_storage(const core::ConfigNode* node, core::Diagnostics& diagnostics);
// `node` is the whole file's map: windows is a list in it.
[[nodiscard]] std::vector<core::Duration> read_windows(const core::ConfigNode& root, core::Diagnostics& diagnostics);
[[nodiscard]] std::vector<Counter> read_counters(const core::ConfigNode* node, core::Diagnostics& diagnostics);
[[nodiscard]] std::vector<Input> read_inputs(const core::ConfigNode* node, core::PluginCatalog& plugins,
                                             core::Diagnostics& diagnostics);
[[nodiscard]] std::vector<core::DerivedSpec> read_derived(const core::ConfigNode* node, core::Duration longest_window,
                                                          core::Diagnostics& diagnostics);
[[nodiscard]] std::vector<core::RuleSpec> read_rules(const core::ConfigNode* node, core::Duration longest_window,
                                                     core::Diagnostics& diagnostics);
[[nodiscard]] std::vector<core::NotifySpec> read_notify(const core::ConfigNode* node, core::Diagnostics& diagnostics);
// Whom rules name is there.
void check_notified(const core::ConfigNode* rules, const std::vector<core::NotifySpec>& targets,
                    core::Diagnostics& diagnostics);
// `inputs`: whose ids are taken.
[[nodiscard]] std::vector<core::SinkConfig> read_sinks(const core::ConfigNode* node, const std::vector<Input>& inputs,
                                                       core::PluginCatalog& plugins, core::Diagnostics& diagnostics);

}  // namespace telltale::config
