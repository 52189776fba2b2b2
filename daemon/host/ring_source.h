// The readings of one input across the lives of its process: core::ReadingSource over a queue of rings.
//
// The joint: the supervisor adds a ring for each generation (add) and says when its producer is gone (retire); the
// pipeline drains the oldest ring first, and goes on with the next one only when the oldest is retired and empty.
// A ring's file is deleted once all of it is released, so the files that lie in the directory are exactly what is
// still to be delivered. Neither side waits for the other: a new process starts while its predecessor's readings
// are still being drained; waiting() lets the supervisor hold back when the pipeline does not keep up.
//
// drain() and release() from the pipeline's thread; everything else from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/fd.h"
#include "daemon/core/interfaces/reading_source.h"
#include "daemon/core/mutex.h"
#include "daemon/host/ring_mapping.h"
#include "daemon/host/ring_reader.h"

namespace telltale::host {

class RingSource final : public core::ReadingSource {
 public:
  // `wake` is the eventfd; producers get duplicates of it.
  RingSource(std::string input_id, core::Fd wake, const core::Clock& clock);
  RingSource(const RingSource&) = delete;
  RingSource& operator=(const RingSource&) = delete;
  ~RingSource() override;

  // A new generation's ring, behind those that are there, which it retires. `retired`: another daemon left it,
  // nobody writes to it.
  void add(std::shared_ptr<RingMapping> ring, bool retired);
  // The producer of the ring that was added last is gone.
  void retire();
  // Makes the consumer look, whatever the producer says or does not say.
  void poke() const { core::notify(wake_); }
  // Rings that still have a file.
  [[nodiscard]] std::size_t waiting() const;
  // The ring that was added last made no sense: its producer should be ended.
  [[nodiscard]] bool suspect() const;
  [[nodiscard]] std::optional<core::WallTime> last_reading_at() const;

  [[nodiscard]] const std::string& input_id() const override { return input_id_; }
  [[nodiscard]] int wake_fd() const override { return wake_.get(); }
  [[nodiscard]] core::Fd duplicate_wake() const;
  bool drain(core::SourceVisitor& visitor, std::size_t max_readings) override;
  bool drain_awake(core::SourceVisitor& visitor, std::size_t max_readings) override;
  void release() override;
  [[nodiscard]] Counters counters() const override;
  void complain(const std::string& why) override;
  // What the pipeline complains of; any thread.
  [[nodiscard]] std::string complaint() const;

 private:
  struct Generation {
    explicit Generation(std::shared_ptr<RingMapping> mapping) : ring(mapping), reader(std::move(mapping)) {}
    std::shared_ptr<RingMapping> ring;
    RingReader reader;
    std::atomic<bool> retired{false};
    std::atomic<bool> suspect{false};
  };
  using GenerationPtr = std::shared_ptr<Generation>;

  [[nodiscard]] GenerationPtr front() const;
  void pop_front();
  void account(Generation& generation, std::uint64_t readings_before, std::uint64_t refused_before);
  void finish(const GenerationPtr& generation);

  const std::string input_id_;
  const core::Fd wake_;
  const core::Clock& clock_;

  mutable core::Mutex mutex_;
  std::deque<GenerationPtr> queue_ TELLTALE_GUARDED_BY(mutex_);
  std::string complaint_ TELLTALE_GUARDED_BY(mutex_);
  std::uint64_t dropped_before_ TELLTALE_GUARDED_BY(mutex_) = 0;  // in rings that are gone

  std::vector<GenerationPtr> drained_;  // of the pipeline's thread: empty, but not released yet
  std::atomic<std::size_t> files_{0};
  std::atomic<std::uint64_t> readings_{0};
  std::atomic<std::uint64_t> corrupt_{0};
  std::atomic<std::int64_t> last_reading_at_{0};  // ns since the epoch; 0: none yet
};

}  // namespace telltale::host
