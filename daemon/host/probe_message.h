// What a probing telltale-plugin-host says to whoever started it, over a socketpair: messages as in control_message.h,
// JSON with its length in front. The other way go one `start` and, to end it early, one `stop`. Nothing that a child
// says is taken for granted: texts are cut and escaped here. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/core/error.h"
#include "daemon/host/control_message.h"

namespace telltale::host {

inline constexpr std::size_t kMaxFindings = 4'096;
inline constexpr std::size_t kMaxTitleBytes = 512;
inline constexpr std::size_t kMaxFindingTextBytes = 65'536;

struct FindingMessage {
  std::string title;    // one line
  std::string detail;   // lines
  std::string options;  // YAML, lines
  std::uint32_t confidence = 0;
  friend bool operator==(const FindingMessage&, const FindingMessage&) = default;
};
struct ProgressMessage {
  std::uint32_t done = 0;
  std::uint32_t total = 0;
  std::string text;  // one line
  friend bool operator==(const ProgressMessage&, const ProgressMessage&) = default;
};
// All was tried.
struct DoneMessage {
  friend bool operator==(const DoneMessage&, const DoneMessage&) = default;
};
using ProbeMessage = std::variant<FindingMessage, ProgressMessage, LogMessage, FailedMessage, DoneMessage>;

[[nodiscard]] core::Result<std::string> encode_probe(const ProbeMessage& message);
// Without the length.
[[nodiscard]] core::Result<ProbeMessage> decode_probe(std::string_view text);

// Every line escaped, the whole cut at a character; ends without a line feed.
[[nodiscard]] std::string clean_lines(std::string_view text, std::size_t limit);

}  // namespace telltale::host
