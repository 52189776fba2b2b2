// Series as rows of the database. Belongs to the owner of the connection.
#pragma once

#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/series.h"
#include "daemon/store/sqlite.h"

namespace telltale::store {

[[nodiscard]] core::Result<std::vector<core::SeriesInfo>> load_series(Database& database);
[[nodiscard]] core::Result<void> save_series(Database& database, const core::SeriesInfo& series);

}  // namespace telltale::store
