// Identifiers that cannot be mixed up.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace telltale::core {

// A series' number: given once by the registry, kept in the store, the same for ever. Watches (a window
// statistic that somebody looks at) live in the upper half, and are never stored.
struct SeriesId {
  std::uint32_t value = 0;
  friend constexpr bool operator==(SeriesId, SeriesId) = default;
  friend constexpr std::strong_ordering operator<=>(SeriesId a, SeriesId b) { return a.value <=> b.value; }
  [[nodiscard]] constexpr bool is_watch() const { return (value & 0x8000'0000U) != 0; }
};

}  // namespace telltale::core

template <>
struct std::hash<telltale::core::SeriesId> {
  std::size_t operator()(telltale::core::SeriesId id) const noexcept { return id.value; }
};
