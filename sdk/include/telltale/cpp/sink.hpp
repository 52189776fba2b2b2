// Sending readings out: the other direction of an input.
#pragma once

#include <cstdint>
#include <span>

#include <telltale/ext/sink.h>

namespace telltale {

// Readings in the order of the store. Borrows for the call of send().
class OutgoingBatch {
 public:
  explicit OutgoingBatch(const telltale_batch& batch) noexcept : batch_(&batch) {}

  // 1 to 10,000 of them.
  [[nodiscard]] std::span<const telltale_outgoing> readings() const noexcept {
    return {batch_->readings, static_cast<std::size_t>(batch_->count)};
  }
  // Just measured; else from the store, catching up.
  [[nodiscard]] bool live() const noexcept { return batch_->live != 0; }

 private:
  const telltale_batch* batch_;
};

// Receives readings and sends them out. It keeps nothing: what send() took without an exception is acknowledged and
// never given again, everything else is, after a restart too.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  // Returns when the other side has the batch. Throws IoError when it was not reached (the batch comes again),
  // InvalidError when it will never take it (counted and skipped), Stopped when stop_fd became readable. May take 30 s.
  virtual void send(const OutgoingBatch& batch, int stop_fd) = 0;
};

}  // namespace telltale
