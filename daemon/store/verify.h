// Whether everything in a database can be read: SQLite's own check, then every block to its last bit. Any thread that
// may block; reads alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

// Something that cannot be read, and what it costs.
struct Finding {
  std::string what;
  std::vector<std::string> series;                            // keys; empty: any series of that span
  std::optional<std::pair<std::int64_t, std::int64_t>> span;  // ns since 1970, both ends included
};

struct VerifyReport {
  std::int64_t schema = 0;
  std::uint64_t blocks = 0;
  std::uint64_t readings = 0;
  std::uint64_t bytes = 0;          // of the file
  std::vector<Finding> findings;    // empty: all is well; the first hundred
  std::uint64_t more_findings = 0;  // beyond those
};

// An error: the database could not be asked at all. ErrorCode::kInvalid: it is no history; kConflict: a newer one.
[[nodiscard]] core::Result<VerifyReport> verify(Database& database);
// Of the file at `path`, while it is in use or not.
[[nodiscard]] core::Result<VerifyReport> verify_file(const std::string& path);

}  // namespace telltale::store
