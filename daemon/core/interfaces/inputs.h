// The inputs, as net and the command line see them. Provided by host.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"
#include "daemon/core/outgoing.h"

namespace telltale::core {

enum class InputState : std::uint8_t {
  kStarting,    // its process runs, the instance is being made or has neither published nor said how it is
  kConnecting,  // it runs and says that it has no connection
  kRunning,     // it runs and says that it is well, or publishes and says nothing
  kFailing,     // it runs and says what is wrong
  kBackoff,     // it ended; restarted at `retry_at`
  kGaveUp,      // it ended ten times in a row without a healthy minute; tried again every five minutes
  kStopped,     // by the user or at the end
};
[[nodiscard]] std::string_view to_text(InputState state);

// How an input's last unwanted end looked.
struct CrashReport {
  WallTime at{};
  std::string cause;                    // "killed by SIGSEGV", "exited with 3", "hung: no answer for 10 s"
  std::string signal;                   // "SIGSEGV", or empty
  std::string denied;                   // what isolation refused last before the end, or empty: "socket"
  std::vector<std::string> backtrace;   // innermost first: "read_sensor at thermo.so+0x1f32"; empty when there is none
  std::vector<std::string> last_lines;  // its last log lines before the end, newest last
  std::uint64_t count = 0;              // unwanted ends since the daemon started
};

// Payloads that an input could not use, since it was last started.
struct RefusedPayloads {
  std::map<std::string, std::uint64_t> reasons;  // named as its counters are: "payload.not_json"
  // The last one. Its texts are escaped and cut: one line, no control characters.
  WallTime at{};
  std::string reason;
  std::string source;  // where it came from, or empty
  std::string detail;  // in words, or empty
  std::string payload;
  std::uint64_t bytes = 0;  // of the payload as it came
};

// How a polled input keeps its time, since it was last started.
struct PollTimes {
  Duration interval{};
  std::uint64_t polls = 0;
  std::uint64_t skipped = 0;  // deadlines that passed while a poll still ran
  Duration late_p99{};        // from the deadline to the call
  Duration late_max{};
  Duration run_p99{};  // of the call
  Duration run_max{};
};

struct InputStatus {
  std::string id;
  std::string plugin;
  std::string version;
  std::string isolation;  // "process" or "none"
  InputState state = InputState::kStarting;
  std::string reason;      // of connecting and failing, in the plugin's words
  std::string last_error;  // how it last ended: "killed by SIGSEGV", "exited with 3", the last error line
  std::optional<WallTime> last_error_at;
  std::optional<WallTime> started_at;
  std::optional<WallTime> retry_at;
  std::optional<WallTime> last_reading_at;
  int pid = 0;  // 0: none, or in-process
  std::uint64_t restarts = 0;
  std::uint64_t readings = 0;
  std::uint64_t dropped = 0;
  std::uint64_t corrupt = 0;
  std::map<std::string, std::uint64_t> counters;  // what the plugin counts
  std::optional<RefusedPayloads> refused;         // none was
  std::vector<std::string> last_lines;            // its last log lines, newest last
  std::map<std::string, std::uint64_t> denied;    // what isolation refused, by name of the system call
  std::optional<CrashReport> crash;
  std::optional<PollTimes> polling;  // none of a stream
  bool update_available = false;     // the plugin's file is another one than what runs: a restart takes it
};

// What one isolated input may use at most. The kernel enforces it: RLIMIT_AS, RLIMIT_NOFILE, RLIMIT_NPROC.
struct InputLimits {
  std::uint64_t memory = 256'000'000;  // bytes of address space
  std::uint32_t files = 256;           // open descriptors
  std::uint32_t processes = 64;        // threads and processes
  friend bool operator==(const InputLimits&, const InputLimits&) = default;
};

// What an input is granted beyond what its plugin declares.
struct InputGrants {
  std::vector<std::string> read;   // paths, with what is below them
  std::vector<std::string> write;  // may be read, too
  std::uint32_t needs = 0;         // TELLTALE_NEEDS_... or-ed
  friend bool operator==(const InputGrants&, const InputGrants&) = default;
};

// What a configuration says of one input, validated.
struct InputConfig {
  std::string id;
  std::string plugin;
  bool isolated = true;
  bool writable = false;  // outputs may be set, where the plugin has write/1
  InputLimits limits;
  InputGrants grants;
  OptionValue options;
  friend bool operator==(const InputConfig&, const InputConfig&) = default;
};

// An output to be set.
struct OutputRequest {
  std::string name;
  std::string text;  // for outputs that take text, else empty
  double value = 0;  // finite
  Duration patience = std::chrono::seconds(5);
};
// What somebody posted for an input.
struct PostedDocument {
  std::string body;
  std::string media_type;
};
// A batch of a sink may take it a minute.
using InputRequest = std::variant<OutputRequest, PostedDocument, OutgoingBatchPtr>;

// Any thread.
class InputDirectory {
 public:
  InputDirectory() = default;
  InputDirectory(const InputDirectory&) = delete;
  InputDirectory& operator=(const InputDirectory&) = delete;
  virtual ~InputDirectory() = default;
  [[nodiscard]] virtual std::vector<InputStatus> inputs() const = 0;
  [[nodiscard]] virtual Result<void> restart(std::string_view id) = 0;
  // Hands it to the input's plugin; `done` is called once, on the supervisor's thread. kNotFound: no such input;
  // kDenied: it is not `writable`; kInvalid: the plugin has no use for it, or refuses it; kUnavailable: it does not
  // run, has too many requests already, or says so; kTimeout; kIo: the device did not take it.
  virtual void request(std::string_view id, InputRequest request, std::function<void(Result<void>)> done) = 0;
};

// Descriptions of the installed plugins, found without loading them into this process.
class PluginCatalog {
 public:
  PluginCatalog() = default;
  PluginCatalog(const PluginCatalog&) = delete;
  PluginCatalog& operator=(const PluginCatalog&) = delete;
  virtual ~PluginCatalog() = default;
  // By the word in `plugin:`. ErrorCode::kNotFound names the nearest one.
  [[nodiscard]] virtual Result<PluginDescription> find(std::string_view name) = 0;
  [[nodiscard]] virtual std::vector<std::string> names() = 0;
};

}  // namespace telltale::core
