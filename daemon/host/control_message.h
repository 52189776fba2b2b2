// What the daemon and telltale-plugin-host say to each other, over a socketpair.
//
// The joint: each message is a little-endian u32 (bytes that follow, at most 1 MiB) and that much JSON. The daemon
// says `start` once, `write`, `receive` and `send` when somebody has something for the instance, and `stop` when it
// wants it to end; the child says `confined` before it loads the plugin, `ready` once the instance exists, then `log`,
// `health` and `counters` and `refused` as they happen, `answer` for each of these, and `failed` as its last word.
// Readings never go this way. The daemon takes nothing that a child says for granted: lengths, types and texts are
// checked here, and a child whose message makes no sense is ended. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/core/error.h"
#include "daemon/core/option_schema.h"
#include "daemon/core/outgoing.h"
#include "daemon/host/confinement.h"

namespace telltale::host {

inline constexpr std::uint32_t kMaxMessageBytes = 1U << 20U;
inline constexpr std::size_t kMaxLogBytes = 2'048;
inline constexpr std::size_t kMaxReasonBytes = 2'048;
inline constexpr std::size_t kMaxCounters = 64;
inline constexpr std::size_t kMaxCounterNameBytes = 64;
inline constexpr std::size_t kMaxRefusalReasons = 32;  // told apart; further ones are kOtherReasons
inline constexpr std::string_view kOtherReasons = "other";
inline constexpr std::size_t kMaxRefusedBytes = 512;        // of a payload, as it came
inline constexpr std::size_t kMaxRefusalNoteBytes = 256;    // of its source and detail, as they came
inline constexpr std::size_t kMaxRefusedTextBytes = 1'024;  // of a text when it is escaped

struct StartMessage {
  std::string id;
  std::string plugin_file;
  core::OptionValue options;
  Confinement confinement = {};
  friend bool operator==(const StartMessage&, const StartMessage&) = default;
};
struct StopMessage {
  friend bool operator==(const StopMessage&, const StopMessage&) = default;
};
// write/1, receive/1 or sink/1 is to be called.
struct RequestMessage {
  enum class Kind : std::uint8_t { kWrite, kReceive, kSend };
  std::uint64_t number = 0;  // comes back with the answer
  Kind kind = Kind::kWrite;
  std::string name;                   // of the output; or the media type
  std::string text;                   // of the output; or the body
  double value = 0;                   // of the output
  std::int64_t deadline = 0;          // boot clock, ns
  core::OutgoingBatchPtr batch = {};  // of kSend
  friend bool operator==(const RequestMessage&, const RequestMessage&) = default;
};
using DaemonMessage = std::variant<StartMessage, StopMessage, RequestMessage>;

// The first word, before the plugin is loaded. The filter's listener comes with it as a descriptor, when there is one.
struct ConfinedMessage {
  std::int32_t landlock = 0;  // version; 0: paths are not guarded
  bool calls = false;         // system calls are filtered
  bool named = false;         // a listener comes along
  friend bool operator==(const ConfinedMessage&, const ConfinedMessage&) = default;
};
struct ReadyMessage {
  std::int64_t interval = 0;  // ns between polls; 0: a stream
  friend bool operator==(const ReadyMessage&, const ReadyMessage&) = default;
};
struct LogMessage {
  std::int32_t severity = 0;
  std::string text;  // one line, escaped
  friend bool operator==(const LogMessage&, const LogMessage&) = default;
};
struct HealthMessage {
  std::int32_t health = 0;
  std::string reason;  // one line, escaped
  friend bool operator==(const HealthMessage&, const HealthMessage&) = default;
};
struct CountersMessage {
  std::map<std::string, std::uint64_t> totals;  // since the instance began
  friend bool operator==(const CountersMessage&, const CountersMessage&) = default;
};
// Payloads that the plugin could not use: how many per reason since the instance began, and the last one.
struct RefusedMessage {
  std::map<std::string, std::uint64_t> reasons;
  std::int64_t at = 0;  // boot clock, ns
  std::string reason;
  std::string source;  // these three escaped
  std::string detail;
  std::string payload;
  std::uint64_t bytes = 0;  // of the payload as it came
  friend bool operator==(const RefusedMessage&, const RefusedMessage&) = default;
};
struct AnswerMessage {
  std::uint64_t number = 0;
  std::int32_t result = 0;  // TELLTALE_OK, TELLTALE_E_…
  std::string reason;       // one line, escaped; empty when all went well
  friend bool operator==(const AnswerMessage&, const AnswerMessage&) = default;
};
struct FailedMessage {
  bool by_configuration = false;  // another try with the same options is pointless
  std::string reason;             // one line, escaped
  friend bool operator==(const FailedMessage&, const FailedMessage&) = default;
};
using ChildMessage = std::variant<ConfinedMessage, ReadyMessage, LogMessage, HealthMessage, CountersMessage,
                                  RefusedMessage, AnswerMessage, FailedMessage>;

// With the length in front. ErrorCode::kLimit: longer than a message may be.
[[nodiscard]] core::Result<std::string> encode(const DaemonMessage& message);
[[nodiscard]] core::Result<std::string> encode(const ChildMessage& message);

// Without the length. Texts are escaped and cut, severities and counts brought within their ranges.
[[nodiscard]] core::Result<DaemonMessage> decode_daemon_message(std::string_view text);
[[nodiscard]] core::Result<ChildMessage> decode_child_message(std::string_view text);

// Cuts a stream of bytes into messages. At most one message and one read's worth of bytes are held.
class MessageSplitter {
 public:
  void append(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole message, or nothing yet. ErrorCode::kCorrupt: the length is beyond the limit.
  [[nodiscard]] core::Result<std::optional<std::string>> next();

 private:
  std::string buffer_;
};

// One line for a log or a status: escaped, and cut at a character.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit);

// As one_line, of any bytes: at most `taken` bytes of them, backslashes doubled so that what was escaped can be told
// from what stood there, and … at the end when something was cut.
[[nodiscard]] std::string shown_bytes(std::string_view bytes, std::size_t taken);

}  // namespace telltale::host
