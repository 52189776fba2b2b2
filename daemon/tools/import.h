// Brings a file of readings into a daemon: reads it once, in bounded memory, posts durable batches, and remembers how
// far it came, so that the same command goes on after an interruption. Idempotent: of one series and time the last
// counts. One thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/selector.h"
#include "daemon/net/client.h"
#include "daemon/tools/home_assistant.h"
#include "daemon/tools/import_text.h"

namespace telltale::tools {

enum class ImportFormat : std::uint8_t { kAuto, kCsv, kLines, kHomeAssistant };

// What becomes of a record before it is posted. Patterns are of names in the file; the first that matches counts.
struct ImportMapping {
  std::vector<std::pair<core::Selector, std::string>> units;
  std::vector<std::pair<core::Selector, core::SeriesKind>> kinds;
  std::vector<std::pair<std::string, std::string>> renames;  // whole names
  core::Labels labels;                                       // added to all; the file's own win
  std::string prefix;                                        // before every name
  std::vector<core::Selector> only;                          // none: all
  std::int64_t from = INT64_MIN;                             // ns, included
  std::int64_t to = INT64_MAX;                               // ns, not included
};

struct ImportOrder {
  std::string path;
  ImportFormat format = ImportFormat::kAuto;
  CsvOptions csv;
  std::string time_format = "auto";
  std::string zone = "UTC";
  HomeAssistantOptions home_assistant;
  ImportMapping mapping;
  net::Client* daemon = nullptr;  // null: a dry run
  std::string resume_file;        // empty: begins at the begin, and remembers nothing
  std::string fingerprint;        // of the order: another one does not go on where this one was
  std::function<void(double share, std::uint64_t readings)> progress;
  std::function<void(const std::string& text)> note;
};

struct ImportSeries {
  std::uint64_t readings = 0;
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  std::string unit;
  core::SeriesKind kind = core::SeriesKind::kGauge;
};

struct ImportReport {
  ImportFormat format = ImportFormat::kAuto;
  std::uint64_t readings = 0;  // posted, or, in a dry run, that would be
  std::uint64_t resumed = 0;   // of an earlier run, passed over
  std::uint64_t empty = 0;
  std::uint64_t filtered = 0;
  std::uint64_t bad = 0;
  std::vector<std::string> problems;  // the first hundred, with their places
  std::map<std::string, ImportSeries> series;
};

// kUnavailable: the daemon went away; what was posted is kept, and the same order goes on behind it.
[[nodiscard]] core::Result<ImportReport> import_file(const ImportOrder& order);

[[nodiscard]] std::string_view to_text(ImportFormat format);

}  // namespace telltale::tools
