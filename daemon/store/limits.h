// How the budget is shared: what the WAL, a transaction and the tail may take, so that all files together stay under it
// whatever happens. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace telltale::store {

struct Limits {
  static constexpr std::uint64_t kSharedMemory = 64ULL << 10U;  // the WAL's index: 32 KiB per 4,096 frames
  static constexpr std::uint64_t kFrameHead = 24;

  std::uint64_t wal_bytes = 0;      // checkpointed beyond
  std::uint64_t wal_most = 0;       // no transaction begins beyond
  std::uint64_t wal_reserve = 0;    // what the file can reach: wal_most and one transaction
  std::uint64_t journal_bytes = 0;  // of the journal, per transaction
  std::size_t slots = 0;            // of the tail

  [[nodiscard]] static constexpr Limits smallest() { return of(1); }
  [[nodiscard]] static constexpr Limits of(std::uint64_t budget) {
    constexpr std::uint64_t kKi = 1024;
    if (budget == 0) budget = UINT64_MAX;
    Limits out;
    out.wal_bytes = std::clamp<std::uint64_t>(budget / 16, 32 * kKi, 2048 * kKi);
    out.wal_most = out.wal_bytes * 2;
    out.journal_bytes = std::clamp<std::uint64_t>(budget / 32, 32 * kKi, 3072 * kKi);
    out.slots = static_cast<std::size_t>(std::clamp<std::uint64_t>(budget / 16 / kKi, 32, 256));
    out.wal_reserve = out.wal_most + 2 * (out.journal_bytes + out.slots * kKi);
    return out;
  }
};

}  // namespace telltale::store
