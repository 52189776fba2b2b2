// The steps of integers after their transform, in runs: bit-packed above a minimum, or Rice coded. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/store/codec/bytes.h"

namespace telltale::store {

inline constexpr std::size_t kRunValues = 128;

// Bytes that put_runs() would append.
[[nodiscard]] std::size_t size_of_runs(std::span<const std::int64_t> values);
void put_runs(std::string& out, std::span<const std::int64_t> values);
[[nodiscard]] bool take_runs(ByteReader& in, std::span<std::int64_t> values);

}  // namespace telltale::store
