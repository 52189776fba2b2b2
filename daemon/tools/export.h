// Takes history out of a daemon, span by span, so that neither side ever holds much of it. One thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/net/client.h"

namespace telltale::tools {

struct ExportOrder {
  std::vector<std::string> selectors;
  std::string from;  // as core::parse_time has it; empty: the first reading
  std::string to;    // likewise, not included; empty: behind the last one
  std::string format = "csv";  // csv, ndjson, lines
  std::string time = "ms";     // ms, ns, rfc3339
  core::WallTime now{};
  // False: nobody takes it any more.
  std::function<bool(std::string_view text)> sink;
  std::function<void(double share, std::uint64_t rows)> progress;
};

struct ExportReport {
  std::uint64_t rows = 0;
  std::uint64_t series = 0;
  std::uint64_t requests = 0;
  std::uint64_t damaged = 0;  // blocks that could not be read meanwhile: their readings are missing
};

[[nodiscard]] core::Result<ExportReport> export_history(net::Client& daemon, const ExportOrder& order);

// The next span after one that had `rows` rows: longer, shorter or the same.
[[nodiscard]] std::int64_t next_span_ms(std::int64_t span_ms, std::uint64_t rows);

}  // namespace telltale::tools
