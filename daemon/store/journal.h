// The journal: an mmapped ring file on tmpfs that is the queue between the pipeline and the writer, and survives both.
// append() and append_series() from the pipeline thread alone; release() from the writer alone; next() from whoever
// keeps release() away meanwhile (ReleaseGate). When it is full, append() refuses and keeps nothing: the caller counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/log.h"
#include "daemon/core/reading.h"
#include "daemon/core/series.h"
#include "daemon/store/journal_layout.h"

namespace telltale::store {

// A record in place; valid until its space is released.
struct JournalRecord {
  RecordType type{};
  std::string_view payload;
  std::uint64_t end = 0;  // position behind it
};

class Journal {
 public:
  struct Options {
    std::filesystem::path path;
    std::uint64_t capacity = 0;
    std::int64_t database = 0;
    std::uint64_t committed = 0;         // what the database has
    std::optional<std::uint64_t> begun;  // of create(): what begun() is to say, when it is not `committed`
  };
  // Takes up the file that is there, whatever its capacity; one that is no journal, or another database's, is set
  // aside with the suffix .foreign. A torn tail is cut off. Everything before `committed` is released.
  [[nodiscard]] static core::Result<std::unique_ptr<Journal>> open(const Options& options, const core::Logger& logger);
  // Makes a new, empty file that starts at `options.committed`.
  [[nodiscard]] static core::Result<std::unique_ptr<Journal>> create(const Options& options);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  // The position behind the batch.
  [[nodiscard]] core::Result<std::uint64_t> append(const core::ReadingBatch& batch);
  [[nodiscard]] core::Result<std::uint64_t> append_series(const core::SeriesInfo& series);
  [[nodiscard]] core::Result<std::uint64_t> append_correction(const core::TimeCorrection& correction);

  [[nodiscard]] std::uint64_t written() const;
  [[nodiscard]] std::uint64_t committed() const;
  [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
  // What is behind it was appended since the machine booted: the journal lies on tmpfs.
  [[nodiscard]] std::uint64_t begun() const { return header()->begun - 1; }
  // The record at `position`, which is before written(); nothing when it is damaged.
  [[nodiscard]] std::optional<JournalRecord> next(std::uint64_t position) const;
  // Frees what is before `position`, and gives whole steps of memory back to the system.
  void release(std::uint64_t position);

 private:
  Journal(core::Fd file, char* map, std::uint64_t capacity) : file_(std::move(file)), map_(map), capacity_(capacity) {}

  [[nodiscard]] static core::Result<std::unique_ptr<Journal>> map(core::Fd file, std::uint64_t capacity);
  [[nodiscard]] static core::Result<std::unique_ptr<Journal>> take_up(const Options& options,
                                                                      const core::Logger& logger);
  [[nodiscard]] JournalHeader* header() const { return reinterpret_cast<JournalHeader*>(map_); }
  [[nodiscard]] char* place(std::uint64_t position) const { return map_ + kJournalHeaderBytes + position % capacity_; }
  [[nodiscard]] core::Result<std::uint64_t> put(std::uint64_t position, RecordType type, std::string_view payload);
  [[nodiscard]] core::Result<void> reserve(std::uint64_t position, std::uint64_t bytes);
  void seal(std::uint64_t position, RecordType type, std::uint64_t payload);
  void publish(std::uint64_t position);
  void cut_torn_tail(const core::Logger& logger);

  core::Fd file_;
  char* map_;
  const std::uint64_t capacity_;
  std::uint64_t backed_ = 0;  // pipeline thread: the file has memory up to this position, so that no store faults
  std::string scratch_;       // pipeline thread
};

}  // namespace telltale::store
