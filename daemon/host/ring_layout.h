// What a ring file looks like: how readings cross from an instance's process to the daemon.
//
// The joint: one file per generation (one life of one instance's process) in RUNDIR/rings, on tmpfs, named
// ID.GENERATION.ring. Exactly one producer (the instance's process, or a thread of the daemon for `isolation:
// none`) and one consumer (the daemon) map it; it outlives both. The producer copies a record into the data area
// and publishes it by storing `write_position` with release; the consumer copies it out and gives the room back
// by storing `read_position`. A full ring refuses the whole batch and counts it. The declarations area says what
// the series numbers of this generation mean; it only grows. Whoever finds the file after a crash has all that
// was published and not yet released, and what is needed to understand it: a new daemon drains it before it looks
// at a younger generation. Delivery is at least once: what was handed over but not released comes again.
//
// The producer is not trusted: see ring_reader.h. The one thing that mapped memory cannot defend against is a
// producer that truncates the file (SIGBUS); its process holds no descriptor of the file once it has mapped it.
//
// File: header (first page of kRingAlignment bytes), declarations area, data area (mapped twice in a row, so that
// no record wraps). Sizes are multiples of kRingAlignment, which is the largest page size of the machines we run on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <telltale/host.h>

namespace telltale::host {

inline constexpr std::uint64_t kRingMagic = 0x31474e4952545454;  // "TTTRING1", little-endian
inline constexpr std::uint32_t kRingVersion = 1;
inline constexpr std::uint64_t kRingAlignment = 65'536;
inline constexpr std::uint64_t kMaxDeclarationBytes = std::uint64_t{16} << 20U;
inline constexpr std::uint64_t kMaxDataBytes = std::uint64_t{256} << 20U;
inline constexpr std::uint64_t kDefaultDataBytes = std::uint64_t{1} << 20U;  // 43,000 readings
inline constexpr std::uint32_t kMaxSeries = 65'536;
inline constexpr std::uint32_t kMaxBatch = 4'096;
inline constexpr std::uint32_t kMaxTextBytes = 4'096;
inline constexpr std::size_t kCacheLine = 64;

// Words that different sides write lie on different cache lines. Positions count bytes since the ring was made;
// the place in the data area is position modulo capacity.
struct RingHeader {
  // Constant after creation.
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t reserved;
  std::uint64_t declarations_capacity;
  std::uint64_t data_capacity;  // a power of two
  std::uint64_t generation;
  // Written by the producer.
  alignas(kCacheLine) std::atomic<std::uint64_t> write_position;
  // Written by the consumer.
  alignas(kCacheLine) std::atomic<std::uint64_t> read_position;
  // 1: the consumer waits on the eventfd. Set by the consumer, taken back by whoever wakes it.
  alignas(kCacheLine) std::atomic<std::uint32_t> consumer_sleeping;
  // Written by the producer.
  alignas(kCacheLine) std::atomic<std::uint64_t> declaration_bytes;  // committed
  std::atomic<std::uint64_t> dropped;                                // readings that found no room
  alignas(kCacheLine) std::atomic<std::int64_t> in_call_since;       // boot clock; 0: not inside the plugin
  std::atomic<std::int64_t> heartbeat;                               // boot clock, when the process last said it lives
};
static_assert(sizeof(RingHeader) <= 4096);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "words are shared between processes");

// Before each record; records begin at multiples of 8.
struct RecordHeader {
  std::uint32_t size;  // bytes of the payload, without padding
  std::uint16_t type;
  std::uint16_t reserved;
};
inline constexpr std::uint16_t kRecordReadings = 1;  // telltale_reading, one or more
inline constexpr std::uint16_t kRecordText = 2;      // one telltale_reading and its text
inline constexpr std::uint64_t kMaxPayload = std::uint64_t{kMaxBatch} * sizeof(telltale_reading);
static_assert(sizeof(RecordHeader) == 8 && sizeof(telltale_reading) == 24);

// Bytes that a record with this payload takes.
[[nodiscard]] constexpr std::uint64_t record_bytes(std::uint64_t payload) {
  return (sizeof(RecordHeader) + payload + 7) & ~std::uint64_t{7};
}

}  // namespace telltale::host
