// The parameters of a query, checked. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/selector.h"
#include "daemon/net/computed_query.h"
#include "daemon/net/http_limits.h"
#include "daemon/net/target.h"

namespace telltale::net {

enum class QueryFormat : std::uint8_t { kJson, kCsv, kNdjson, kLines };
// How a time is written: ms or ns since the epoch, or RFC 3339.
enum class TimeForm : std::uint8_t { kMilliseconds, kNanoseconds, kText };

struct QueryRequest {
  std::vector<core::Selector> selectors;
  core::WallTime from{};
  core::WallTime to{};
  std::uint32_t points = 0;
  core::HistoryQuery::Mode mode;
  QueryFormat format = QueryFormat::kJson;
  TimeForm time = TimeForm::kMilliseconds;
  WindowOptions window;                     // of selectors with `@stat_window`
  std::optional<core::BucketRule> buckets;  // none: round ones of the store's choice
};

[[nodiscard]] core::Result<QueryRequest> parse_query_request(const Target& target, core::WallTime now,
                                                             const HttpLimits& limits);

}  // namespace telltale::net
