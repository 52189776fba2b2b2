// Asks what plugins say of themselves without loading them here: each file is loaded by a telltale-plugin-host of its
// own. Blocks until all have answered or their time is up. Any thread.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"

namespace telltale::host {

struct DescribeLimits {
  std::chrono::milliseconds time{5'000};  // of one file
  std::size_t bytes = std::size_t{4} << 20U;
  std::size_t at_once = 8;
};

// One answer per file, in their order. Errors name the file, and say how loading it ended.
[[nodiscard]] std::vector<core::Result<core::PluginDescription>> describe_plugins(const std::string& host_program,
                                                                                  std::span<const std::string> files,
                                                                                  const DescribeLimits& limits = {});

}  // namespace telltale::host
