// The consuming end of one ring: one generation of one instance. Owned by a RingSource; called by one thread.
//
// The ring is hostile memory. The reader keeps its own position; it copies each index, size and record into
// memory of its own before it checks and uses it; it reads at most what the capacity, as it was when the file was
// mapped, allows. A record whose contents make no sense is refused and counted; when the frame itself makes no
// sense (a position, a size, a declaration) nothing more is read. Both make suspect() true: whoever supervises the
// producer ends it, and a new generation begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/core/interfaces/reading_source.h"
#include "daemon/host/ring_mapping.h"

namespace telltale::host {

class RingReader {
 public:
  explicit RingReader(std::shared_ptr<RingMapping> ring);

  // Hands over at most about max_readings; true when more is there now.
  bool drain(core::SourceVisitor& visitor, std::size_t max_readings);
  // Says in the ring that the consumer waits; true when something came meanwhile, so that it must not.
  bool announce_sleep();
  // What was handed over may be overwritten.
  void release();
  // The producer is gone: the end is where it is now, whoever else may still write into the memory.
  void close();

  [[nodiscard]] bool closed() const { return closed_; }
  // Closed, and everything handed over. Nothing more will come.
  [[nodiscard]] bool exhausted() const { return closed_ && (condemned_ || read_ == end_); }
  [[nodiscard]] bool has_unreleased() const { return read_ != released_; }
  [[nodiscard]] bool suspect() const { return condemned_ || refused_ > 0; }
  // Records, and frames, that made no sense.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] std::uint64_t handed_over() const { return handed_over_; }
  [[nodiscard]] const RingMapping& ring() const { return *ring_; }

 private:
  bool look();
  bool take_declarations(core::SourceVisitor& visitor);
  bool take_record(core::SourceVisitor& visitor);
  void take_readings(core::SourceVisitor& visitor, const std::byte* payload, std::uint32_t size);
  void take_text(core::SourceVisitor& visitor, const std::byte* payload, std::uint32_t size);
  void condemn();

  std::shared_ptr<RingMapping> ring_;
  std::uint64_t read_ = 0;
  std::uint64_t released_ = 0;
  std::uint64_t end_ = 0;  // the write position as last seen
  std::uint64_t declared_bytes_ = 0;
  std::uint32_t declared_ = 0;  // series
  std::uint64_t refused_ = 0;
  std::uint64_t handed_over_ = 0;
  bool begun_ = false;
  bool closed_ = false;
  bool condemned_ = false;
  std::vector<telltale_reading> readings_;  // the private copy of a record
  std::vector<char> text_;
};

}  // namespace telltale::host
