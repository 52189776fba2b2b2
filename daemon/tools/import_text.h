// CSV and line protocol as records. One thread.
//
// CSV: the first line names the columns; a comma, semicolon or tab stands between cells, whichever the first line has
// most of. Either long, with a column of keys and one of values (as `telltale export` writes it), or wide: every column
// but the time's is a series, named by its head; a unit may stand behind the name in brackets: `Oil [°C]`.
#pragma once

#include <memory>
#include <string>

#include "daemon/core/error.h"
#include "daemon/tools/byte_source.h"
#include "daemon/tools/import_record.h"
#include "daemon/tools/import_time.h"

namespace telltale::tools {

struct CsvOptions {
  std::string time_column;   // empty: t, time, timestamp, date, datetime, _time, or the first
  std::string key_column;    // empty: key, series, name, entity_id, when there is such a one
  std::string value_column;  // empty: value, _value, state
  char delimiter = 0;        // 0: seen by the first line
  bool decimal_comma = false;
};

[[nodiscard]] core::Result<void> import_csv(std::unique_ptr<ByteSource> source, const CsvOptions& options,
                                            const ImportTime& time, ImportSink& sink);
// A line without a time is bad: the past has one. `unit`: ns per count of a timestamp.
[[nodiscard]] core::Result<void> import_lines(std::unique_ptr<ByteSource> source, std::int64_t unit, ImportSink& sink);

// Cells of a line (RFC 4180); false: a quote is out of place.
[[nodiscard]] bool split_csv(std::string_view line, char delimiter, std::vector<std::string>& cells);

}  // namespace telltale::tools
