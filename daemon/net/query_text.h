// The answer of a query as text. Pure; any thread.
#pragma once

#include <string>

#include "daemon/core/interfaces/history.h"
#include "daemon/net/query_request.h"

namespace telltale::net {

// JSON: one object, a list per column. CSV (RFC 4180): key,t,COLUMNS… and a row per point; series with other columns
// leave theirs empty. ndjson: an object per point. Line protocol: a line per point with a value, each column a field, times
// in nanoseconds whatever `time` says.
[[nodiscard]] std::string query_text(const core::HistoryResult& result, QueryFormat format,
                                     TimeForm time = TimeForm::kMilliseconds);
[[nodiscard]] std::string_view query_content_type(QueryFormat format);

}  // namespace telltale::net
