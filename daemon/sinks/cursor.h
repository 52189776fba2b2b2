// How far a sink is, on disk. The file in the run directory (tmpfs) is written with every step and survives a crash;
// the one in the state directory is written seldom, for the sake of the flash, and survives a power cut: then some
// minutes are sent again. Whichever is newer holds. The sinks' thread, and the main thread before it runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/error.h"
#include "daemon/sinks/spans.h"

namespace telltale::sinks {

struct Cursor {
  std::int64_t saved = 0;    // when, wall clock
  std::int64_t horizon = 0;  // what was measured from then on may not have been sent
  std::int64_t newest = 0;   // the latest time that was seen
  Spans owed;                // what else was not sent
  Spans held;                // what waits for the clock
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

[[nodiscard]] std::string encode_cursor(const Cursor& cursor);
// Nothing when it is none: also of a file that was cut.
[[nodiscard]] std::optional<Cursor> decode_cursor(std::string_view text);

class CursorFiles {
 public:
  CursorFiles(const std::string& run_directory, const std::string& state_directory, const std::string& id);
  // The newer of the two; nothing when there is none, or none that makes sense.
  [[nodiscard]] std::optional<Cursor> load() const;
  [[nodiscard]] core::Result<void> save(const Cursor& cursor) const;
  // Also to the flash.
  [[nodiscard]] core::Result<void> save_for_good(const Cursor& cursor) const;

 private:
  std::string run_;
  std::string state_;
};

}  // namespace telltale::sinks
