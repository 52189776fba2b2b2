// From what a process wrote down as it crashed to what a person reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/host/report_area.h"

namespace telltale::host {

struct CrashFrame {
  std::string module;        // path; empty: in no file
  std::uint64_t offset = 0;  // in the file, or the address
};

// What a record says, checked and cut.
struct CrashNotes {
  int signal = 0;
  std::string message;  // of an exception that nobody caught
  std::vector<CrashFrame> frames;
};

// Of a process that has ended; nothing when it wrote nothing. Pure.
[[nodiscard]] std::optional<CrashNotes> read_crash(const CrashRecord& record);

// "module.so+0x1f32" for each frame. Pure.
[[nodiscard]] std::vector<std::string> plain_backtrace(const std::vector<CrashFrame>& frames);

// "read_sensor at module.so+0x1f32", where the file has names. Blocks on the disk; any thread.
[[nodiscard]] std::vector<std::string> named_backtrace(const std::vector<CrashFrame>& frames);

// "SIGSEGV".
[[nodiscard]] std::string signal_name(int signal);

}  // namespace telltale::host
