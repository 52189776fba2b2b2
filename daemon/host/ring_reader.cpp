#include "daemon/host/ring_reader.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "daemon/host/declaration_codec.h"

namespace telltale::host {

namespace {

// Copies out of memory that changes under us; the barrier keeps the compiler from reading it a second time.
void copy_out(void* to, const std::byte* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
  asm volatile("" : : "r"(to) : "memory");
}

}  // namespace

RingReader::RingReader(std::shared_ptr<RingMapping> ring) : ring_(std::move(ring)) {
  // Of a ring that another daemon left: it goes on where that one released. look() checks it.
  read_ = released_ = ring_->header().read_position.load(std::memory_order_acquire);
  end_ = read_;
}

void RingReader::condemn() {
  ++refused_;
  condemned_ = true;
}

// Takes the write position over; false when nothing can be read.
bool RingReader::look() {
  if (condemned_) return false;
  if (!closed_) end_ = ring_->header().write_position.load(std::memory_order_acquire);
  const bool sane = end_ - read_ <= ring_->geometry().data && end_ % 8 == 0 && read_ % 8 == 0 &&
                    ring_->header().read_position.load(std::memory_order_relaxed) == released_;
  if (!sane) condemn();
  return sane;
}

bool RingReader::drain(core::SourceVisitor& visitor, std::size_t max_readings) {
  if (!begun_) visitor.on_restart();
  begun_ = true;
  // The declarations behind an acquired write position contain those of every record before it.
  if (!look() || !take_declarations(visitor)) return false;
  const std::uint64_t before = handed_over_;
  while (read_ != end_ && handed_over_ - before < max_readings) {
    if (!take_record(visitor)) return false;
  }
  return read_ != end_;
}

bool RingReader::take_declarations(core::SourceVisitor& visitor) {
  const std::uint64_t committed = ring_->header().declaration_bytes.load(std::memory_order_acquire);
  if (committed == declared_bytes_) return true;
  if (committed < declared_bytes_ || committed > ring_->geometry().declarations) {
    condemn();
    return false;
  }
  while (declared_bytes_ != committed) {
    std::uint32_t size = 0;
    const std::uint64_t left = committed - declared_bytes_;
    if (left >= sizeof size) copy_out(&size, ring_->declarations() + declared_bytes_, sizeof size);
    if (left < sizeof size || size > left - sizeof size || size > kMaxEncodedDeclaration || declared_ == kMaxSeries) {
      condemn();
      return false;
    }
    text_.resize(size);
    copy_out(text_.data(), ring_->declarations() + declared_bytes_ + sizeof size, size);
    const auto declaration = decode_declaration({text_.data(), text_.size()});
    if (!declaration) {
      condemn();
      return false;
    }
    visitor.on_series(declared_, *declaration);
    ++declared_;
    declared_bytes_ += sizeof size + size;
  }
  return true;
}

bool RingReader::take_record(core::SourceVisitor& visitor) {
  const std::byte* place = ring_->data() + (read_ & (ring_->geometry().data - 1));
  RecordHeader record{};
  copy_out(&record, place, sizeof record);
  if (record.size > kMaxPayload || record_bytes(record.size) > end_ - read_) {
    condemn();
    return false;
  }
  if (record.type == kRecordReadings) {
    take_readings(visitor, place + sizeof record, record.size);
  } else if (record.type == kRecordText) {
    take_text(visitor, place + sizeof record, record.size);
  } else {
    ++refused_;
  }
  read_ += record_bytes(record.size);
  return true;
}

void RingReader::take_readings(core::SourceVisitor& visitor, const std::byte* payload, std::uint32_t size) {
  if (size == 0 || size % sizeof(telltale_reading) != 0) {
    ++refused_;
    return;
  }
  readings_.resize(size / sizeof(telltale_reading));
  copy_out(readings_.data(), payload, size);
  const auto known = [this](const telltale_reading& reading) { return reading.series < declared_; };
  if (!std::all_of(readings_.begin(), readings_.end(), known)) {
    ++refused_;
    return;
  }
  handed_over_ += readings_.size();
  visitor.on_readings(readings_);
}

void RingReader::take_text(core::SourceVisitor& visitor, const std::byte* payload, std::uint32_t size) {
  telltale_reading reading{};
  if (size < sizeof reading || size > sizeof reading + kMaxTextBytes) {
    ++refused_;
    return;
  }
  copy_out(&reading, payload, sizeof reading);
  text_.resize(size - sizeof reading);
  copy_out(text_.data(), payload + sizeof reading, text_.size());
  if (reading.series >= declared_) {
    ++refused_;
    return;
  }
  ++handed_over_;
  visitor.on_text(reading, std::string_view(text_.data(), text_.size()));
}

bool RingReader::announce_sleep() {
  RingHeader& header = ring_->header();
  header.consumer_sleeping.store(1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (condemned_ || closed_) return false;
  const bool came = header.write_position.load(std::memory_order_acquire) != read_ ||
                    header.declaration_bytes.load(std::memory_order_acquire) != declared_bytes_;
  if (came) header.consumer_sleeping.store(0, std::memory_order_relaxed);
  return came;
}

void RingReader::release() {
  if (read_ == released_) return;
  released_ = read_;
  ring_->header().read_position.store(released_, std::memory_order_release);
}

void RingReader::close() {
  if (closed_) return;
  end_ = ring_->header().write_position.load(std::memory_order_acquire);
  closed_ = true;
}

}  // namespace telltale::host
