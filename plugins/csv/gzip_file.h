// Compresses a file beside itself (RFC 1952), with zlib.
#pragma once

#include <string>

namespace telltale::csv {

// Makes PATH.gz of PATH, whole or not at all, and removes PATH. False when it cannot; PATH then stays as it is.
[[nodiscard]] bool gzip_file(const std::string& path);

}  // namespace telltale::csv
