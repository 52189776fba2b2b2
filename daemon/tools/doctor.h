// What is wrong with a device's store and clock, and how to mend each. What was seen is gathered first, as plain
// values, so that every verdict can be tried without a broken machine. Any thread; look_around() blocks on the disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/store/verify.h"
#include "daemon/tools/doctor_machine.h"

namespace telltale::tools {

// What the running daemon says of itself.
struct DaemonView {
  std::string health;
  std::string storage_error;
  std::uint64_t bytes = 0;
  std::uint64_t budget = 0;
  std::uint64_t damaged = 0;       // blocks that queries could not read
  std::uint64_t journal_lost = 0;  // readings
  bool synchronised = true;
  std::optional<core::WallTime> oldest;
  struct Input {
    std::string id;
    std::string state;
    std::string why;
    std::optional<PortView> port = {};  // that `why` names
  };
  std::vector<Input> inputs;
  struct Sink {
    std::string id;
    std::string state;
    std::string why;
    std::uint64_t parked = 0;  // readings that the other side refuses
    std::uint64_t lost = 0;    // readings that the history no longer has
    std::optional<core::WallTime> owed_since = {};
  };
  std::vector<Sink> sinks = {};
};

struct DiskView {
  std::uint64_t size = 0;  // bytes of the file system
  std::uint64_t free = 0;  // for whoever the daemon runs as
  bool read_only = false;
  bool in_memory = false;  // tmpfs: gone with the power
};

struct HistoryView {
  enum class State : std::uint8_t {
    kNone,
    kSound,
    kDamaged,
    kNewer,
    kForeign,
    kUnreadable,
    kNotLookedAt
  } state = State::kNone;
  std::string detail;
  std::optional<store::VerifyReport> report;
};

struct DoctorView {
  std::optional<DaemonView> daemon;
  std::string no_daemon;  // why there is none
  std::string state_directory;
  bool directory_exists = false;
  std::optional<DiskView> disk;
  std::optional<DiskView> run_disk;
  HistoryView history;
  std::vector<std::string> leftovers;  // before-restore-… directories
  bool clock_synchronised = true;      // as this machine's kernel says
  MachineView machine;
};

struct Verdict {
  enum class Level : std::uint8_t { kGood, kWarning, kBad, kUnknown } level = Level::kGood;
  std::string id;    // "storage.pages"
  std::string what;  // what was seen
  std::string mend;  // what to do; empty when it is good
};

// Fills what the file system, the history file and the machine say. A file beyond `most_bytes` is not read to its end.
void look_around(DoctorView& view, const std::string& run_directory, std::uint64_t most_bytes);
[[nodiscard]] std::vector<Verdict> judge(const DoctorView& view);

[[nodiscard]] std::string_view to_text(Verdict::Level level);

}  // namespace telltale::tools
