// Whether everything in a database can be read: SQLite's own check, then every block to its last bit. Any thread that
// may block; reads alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

struct VerifyReport {
  std::uint64_t blocks = 0;
  std::uint64_t readings = 0;
  std::vector<std::string> findings;  // empty: all is well; the first hundred
};

// An error: the database could not be asked at all.
[[nodiscard]] core::Result<VerifyReport> verify(Database& database);
// Of the file at `path`, while it is in use or not.
[[nodiscard]] core::Result<VerifyReport> verify_file(const std::string& path);

}  // namespace telltale::store
