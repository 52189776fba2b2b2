// What another program prints. One thread; blocks until it has ended, or has had its time.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::tools {

// Standard output and error of `command`, found along PATH, without a shell: at most the last `most` bytes. kNotFound:
// there is no such program; kUnavailable: it had not ended after `time`, and was ended.
[[nodiscard]] core::Result<std::string> output_of(const std::vector<std::string>& command, std::size_t most,
                                                  std::chrono::seconds time);

}  // namespace telltale::tools
