// A signed configuration: a telltale.yaml whose first and last lines are comments that say for whom it is, which one it
// is, and who vouches for it. Pure; any thread.
//
//   # telltale-configuration 1
//   # for: press-* hall-2-*
//   # serial: 17
//   # until: 2027-01-01T00:00:00Z      (may be missing)
//   …YAML…
//   # signature: BASE64                (Ed25519, RFC 8032, over every byte before this line)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"
#include "daemon/core/selector.h"

namespace telltale::provision {

inline constexpr std::size_t kMostDocument = std::size_t{1} << 20U;  // bytes
inline constexpr std::size_t kMostGlobs = 64;
inline constexpr std::size_t kSignatureBytes = 64;

// What its head says.
struct Head {
  std::vector<core::Glob> globs;
  std::uint64_t serial = 0;  // 1 to 2^63 - 1
  std::optional<core::WallTime> until;
  [[nodiscard]] bool is_for(std::string_view device) const;
};

// The last line taken off, and nothing else looked at: what is not signed by a known key is not read any further.
// Borrows the text.
struct Sealed {
  std::string_view covered;  // what the signature is over
  std::string signature;     // kSignatureBytes
};
// ErrorCode::kCorrupt: it is none, or has an end missing; kLimit: it is larger than kMostDocument.
[[nodiscard]] core::Result<Sealed> open_seal(std::string_view text);

// Of what a signature covers. ErrorCode::kCorrupt says which line is not as it has to be.
[[nodiscard]] core::Result<Head> read_head(std::string_view covered);

// What is to be signed: head and YAML, which gets a line's end where it has none. ErrorCode::kInvalid: the head is not
// one that read_head() takes, or the text is a signed configuration already; kLimit: it gets too large.
struct HeadTexts {
  std::vector<std::string> globs;
  std::uint64_t serial = 0;
  std::string until;  // RFC 3339, or empty
};
[[nodiscard]] core::Result<std::string> put_head(const HeadTexts& head, std::string_view yaml);
[[nodiscard]] std::string put_seal(std::string_view covered, std::string_view signature);

}  // namespace telltale::provision
