// A text as gzip (RFC 1952), with zlib. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace telltale::influx {

// Throws std::runtime_error for want of memory.
[[nodiscard]] std::string gzipped(std::string_view text);

}  // namespace telltale::influx
