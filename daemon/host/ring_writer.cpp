#include "daemon/host/ring_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/mman.h>

namespace telltale::host {

namespace {

// From Linux 5.14; the C library of our oldest system knows it.
bool give_memory(std::byte* begin, std::uint64_t bytes) {
  return ::madvise(begin, bytes, MADV_POPULATE_WRITE) == 0 || errno == EINVAL;
}

}  // namespace

RingWriter::RingWriter(std::shared_ptr<RingMapping> ring, core::Fd wake)
    : ring_(std::move(ring)), wake_(std::move(wake)) {}

std::byte* RingWriter::reserve(std::uint64_t payload, std::uint64_t readings) {
  RingHeader& header = ring_->header();
  const std::uint64_t used = write_ - header.read_position.load(std::memory_order_acquire);
  const std::uint64_t capacity = ring_->geometry().data;
  // A read position that makes no sense leaves no room; the consumer finds and says it.
  if (used > capacity || capacity - used < record_bytes(payload)) {
    header.dropped.fetch_add(readings, std::memory_order_relaxed);
    wake_consumer();
    return nullptr;
  }
  return ring_->data() + (write_ & (capacity - 1));
}

void RingWriter::commit(std::uint64_t payload) {
  write_ += record_bytes(payload);
  ring_->header().write_position.store(write_, std::memory_order_release);
  wake_consumer();
}

void RingWriter::wake_consumer() {
  RingHeader& header = ring_->header();
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (header.consumer_sleeping.load(std::memory_order_relaxed) == 0) return;
  if (header.consumer_sleeping.exchange(0, std::memory_order_relaxed) != 0) core::notify(wake_);
}

bool RingWriter::publish(std::span<const telltale_reading> readings) {
  const std::uint64_t payload = readings.size_bytes();
  std::byte* place = reserve(payload, readings.size());
  if (place == nullptr) return false;
  const RecordHeader record{static_cast<std::uint32_t>(payload), kRecordReadings, 0};
  std::memcpy(place, &record, sizeof record);
  std::memcpy(place + sizeof record, readings.data(), payload);
  commit(payload);
  return true;
}

bool RingWriter::publish_text(const telltale_reading& reading, std::string_view text) {
  const std::uint64_t payload = sizeof reading + text.size();
  std::byte* place = reserve(payload, 1);
  if (place == nullptr) return false;
  const RecordHeader record{static_cast<std::uint32_t>(payload), kRecordText, 0};
  std::memcpy(place, &record, sizeof record);
  std::memcpy(place + sizeof record, &reading, sizeof reading);
  if (!text.empty()) std::memcpy(place + sizeof record + sizeof reading, text.data(), text.size());
  commit(payload);
  return true;
}

bool RingWriter::declare(std::string_view encoded) {
  const auto size = static_cast<std::uint32_t>(encoded.size());
  const std::uint64_t end = declared_ + sizeof size + encoded.size();
  const std::uint64_t capacity = ring_->geometry().declarations;
  if (end > capacity) return false;
  while (populated_ < end) {
    const std::uint64_t step = std::min(kRingAlignment, capacity - populated_);
    if (!give_memory(ring_->declarations() + populated_, step)) return false;
    populated_ += step;
  }
  std::byte* place = ring_->declarations() + declared_;
  std::memcpy(place, &size, sizeof size);
  std::memcpy(place + sizeof size, encoded.data(), encoded.size());
  declared_ = end;
  ring_->header().declaration_bytes.store(declared_, std::memory_order_release);
  wake_consumer();
  return true;
}

void RingWriter::enter_call(core::BootTime now) {
  ring_->header().in_call_since.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

void RingWriter::leave_call() { ring_->header().in_call_since.store(0, std::memory_order_relaxed); }

void RingWriter::beat(core::BootTime now) {
  ring_->header().heartbeat.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

}  // namespace telltale::host
