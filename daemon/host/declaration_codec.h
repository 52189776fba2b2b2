// A series' declaration as bytes of a ring's declarations area. Pure; any thread.
//
// Little-endian: u8 kind, i8 decimals, u16 labels, u16 states, u16 zero, f64 minimum, f64 maximum, then texts
// (u16 bytes, UTF-8): name, unit, title, and for each label its name and value, for each state i64 value and name.
// Each declaration follows a u32 with its size; the n-th (from 0) is that of series number n.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <telltale/host.h>

#include "daemon/core/error.h"
#include "daemon/core/series.h"

namespace telltale::host {

inline constexpr std::size_t kMaxUnitBytes = 64;
inline constexpr std::size_t kMaxTitleBytes = 256;
inline constexpr std::size_t kMaxStateNameBytes = 256;
inline constexpr std::uint32_t kMaxEncodedDeclaration = 65'536;

// Copies what a plugin declares, checking it as hostile: counts, pointers, limits, clean texts. The error's message
// says what is wrong, for the plugin's author.
[[nodiscard]] core::Result<core::SeriesDeclaration> copy_declaration(const telltale_series& series);

[[nodiscard]] std::string encode_declaration(const core::SeriesDeclaration& declaration);
// Never reads past the end; refuses what copy_declaration would refuse.
[[nodiscard]] core::Result<core::SeriesDeclaration> decode_declaration(std::string_view bytes);

}  // namespace telltale::host
