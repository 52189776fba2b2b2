// Looks at a file before any parser does: what could hurt the parser never reaches it.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/core/diagnostic.h"

namespace telltale::config {

inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxDepth = 32;    // of nested lists and sections
inline constexpr std::size_t kMaxAliases = 64;  // anchors, and uses of them
inline constexpr std::size_t kMaxNodes = 100'000;
inline constexpr std::size_t kMaxScalarBytes = std::size_t{4} << 20U;  // of all values, aliases expanded

// Refuses files that are too large, are no UTF-8 text, or open far more brackets than kMaxDepth (the builder
// counts exactly; this bound only protects the parser's stack). True when nothing was refused.
[[nodiscard]] bool prescan(std::string_view text, core::Diagnostics& diagnostics);

// The place of a byte of the text.
[[nodiscard]] core::SourceMark mark_of(std::string_view text, std::size_t position);

}  // namespace telltale::config
