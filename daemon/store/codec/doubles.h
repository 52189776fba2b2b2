// A column of doubles, every bit of them. Pure functions; any thread. docs/format.md ("Value columns") has the bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/effort.h"

namespace telltale::store {

// Of the first byte, bit 7 is the caller's.
inline constexpr std::uint8_t kCallersBit = 0x80;

// 1 to kMaxColumnValues values, in the smallest form.
void put_doubles(std::string& out, std::span<const double> values, Effort effort, bool callers_bit);
// Fills `values`. False: damaged.
[[nodiscard]] bool take_doubles(ByteReader& in, std::span<double> values, bool& callers_bit);

}  // namespace telltale::store
