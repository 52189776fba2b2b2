// The journal's bytes. A header page, then a ring. Positions count bytes for ever; a position's place in the ring is
// its remainder by the capacity. A record is whole in the ring (a padding record fills the end of a lap), starts at a
// multiple of eight, and says its own position: bytes of an earlier lap are never taken for it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace telltale::store {

inline constexpr std::uint64_t kJournalMagic = 0x314c4e4a4c4c5454ULL;  // "TTLLJNL1"
inline constexpr std::uint32_t kJournalVersion = 1;
inline constexpr std::uint64_t kJournalHeaderBytes = 4096;
inline constexpr std::uint64_t kJournalStep = 64ULL << 10U;  // grows and gives memory back in these
inline constexpr std::uint64_t kMinJournalBytes = 4 * kJournalStep;
inline constexpr std::uint64_t kMaxJournalBytes = 1ULL << 30U;

struct JournalHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t reserved;
  std::uint64_t capacity;
  std::int64_t database;    // which database it belongs to
  std::uint64_t written;    // stored with release by the pipeline thread, after the bytes before it
  std::uint64_t committed;  // stored with release by the writer: what is before it may be overwritten
  std::uint64_t begun;      // one more than where the first journal of this boot of the machine began; 0: not known
};

enum class RecordType : std::uint32_t { kPadding = 1, kReadings = 2, kSeries = 3, kCorrection = 4 };

struct RecordHeader {
  std::uint64_t position;
  std::uint64_t checksum;  // of the header with this field zero, and the payload
  std::uint32_t payload;   // bytes
  RecordType type;
};
static_assert(sizeof(RecordHeader) == 24);

[[nodiscard]] constexpr std::uint64_t record_bytes(std::uint64_t payload) {
  return (sizeof(RecordHeader) + payload + 7) & ~std::uint64_t{7};
}

// Finds tears and accidents, not forgers: multiply and fold, eight bytes at a time.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29U);
}
[[nodiscard]] inline std::uint64_t record_checksum(const RecordHeader& header, std::string_view payload) {
  std::uint64_t hash = mix(0x746c6c74ULL, header.position);
  hash = mix(hash, (static_cast<std::uint64_t>(header.payload) << 32U) | static_cast<std::uint64_t>(header.type));
  while (!payload.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = payload.size() < 8 ? payload.size() : 8;
    std::memcpy(&word, payload.data(), size);
    hash = mix(hash, word);
    payload.remove_prefix(size);
  }
  return hash;
}

}  // namespace telltale::store
