// A reading on its way in, and who takes it. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "daemon/core/error.h"
#include "daemon/core/series.h"

namespace telltale::tools {

struct ImportRecord {
  std::string name;
  core::Labels labels;
  std::string unit;
  core::SeriesKind kind = core::SeriesKind::kGauge;
  std::variant<double, bool, std::string> value = 0.0;
  std::int64_t time = 0;  // ns since 1970-01-01 UTC
};

// Where something is in a file: "line 12", "states 4711".
using ImportPlace = std::string;

class ImportSink {
 public:
  ImportSink() = default;
  ImportSink(const ImportSink&) = delete;
  ImportSink& operator=(const ImportSink&) = delete;
  virtual ~ImportSink() = default;

  // An error ends the import.
  [[nodiscard]] virtual core::Result<void> take(ImportRecord record, const ImportPlace& place) = 0;
  // Something that is no reading; it costs itself alone.
  virtual void bad(const ImportPlace& place, const std::string& why) = 0;
  // Something that says itself that it holds nothing: an empty cell, a state "unavailable".
  virtual void empty() = 0;
  // 0 to 1, of the source.
  virtual void progress(double share) = 0;
};

}  // namespace telltale::tools
