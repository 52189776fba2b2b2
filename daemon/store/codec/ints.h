// A column of integers: times, scaled values, residuals, indices. Pure functions; any thread. Every sequence of 64-bit
// integers comes back as it was; docs/format.md ("Integer columns") has the bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/store/codec/bytes.h"
#include "daemon/store/codec/effort.h"

namespace telltale::store {

// How many values there are is the caller's to keep: 1 to kMaxColumnValues.
void put_ints(std::string& out, std::span<const std::int64_t> values, Effort effort);
// Fills `values`. False: damaged.
[[nodiscard]] bool take_ints(ByteReader& in, std::span<std::int64_t> values);

}  // namespace telltale::store
