// The store: history on flash. One object owns all of it: the journal in the run directory, the database in the state
// directory, the writer thread and the pool of reading connections. Owned by app.
// Threads: declare() and append() from the pipeline thread alone; open(), series() and close() from the main thread;
// everything else from any thread that may block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/log.h"
#include "daemon/core/series.h"

namespace telltale::store {

struct StoreOptions {
  std::filesystem::path state_dir;                  // the database; made when missing
  std::filesystem::path run_dir;                    // the journal; on tmpfs
  core::Duration commit{std::chrono::seconds(10)};  // what a power cut may cost
  std::uint64_t journal_bytes = 16ULL << 20U;       // 256 KiB to 1 GiB; rounded up to 64 KiB
  std::uint64_t budget = 0;                         // bytes of the state directory; 0: none
  core::Duration raw{};                             // age of the oldest reading kept; 0: any
  std::string unsaved;                              // why what is kept will be lost: shown as the store's error
  std::string vfs;                                  // name of the SQLite VFS; empty: the system's. The seam for faults.
};

class Store final : public core::HistoryWriter, public core::HistoryReader {
 public:
  // Opens or makes the database, brings its schema forward, and commits what the journal still holds.
  // `clock` must outlive the store. ErrorCode::kConflict: another process has it open, or it is newer than we are.
  [[nodiscard]] static core::Result<std::unique_ptr<Store>> open(StoreOptions options, const core::Clock& clock,
                                                                 core::Logger logger);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() override;

  // Every series that was ever declared, by id, as it was known at open.
  [[nodiscard]] const std::vector<core::SeriesPtr>& series() const;
  // Commits everything appended so far and waits for it. Not from the pipeline thread.
  [[nodiscard]] core::Result<void> commit_now();
  // Commits everything, joins the writer, closes the files. Once; the destructor does it otherwise.
  void close();

  void declare(const core::SeriesInfo& series) override;
  core::Result<std::uint64_t> append(const core::ReadingBatch& batch) override;
  core::Result<void> correct_times(const core::TimeCorrection& correction) override;
  // Less than a quarter of the journal is left.
  [[nodiscard]] bool tight() const override;
  void when_durable(std::uint64_t position, std::function<void(core::Result<void>)> done) override;

  [[nodiscard]] core::Result<core::HistoryResult> query(const core::HistoryQuery& query) override;
  [[nodiscard]] std::optional<core::SeriesSpan> span(core::SeriesId series) override;
  [[nodiscard]] core::HistoryStats stats() override;
  [[nodiscard]] bool corrected() override;
  [[nodiscard]] core::Result<std::unique_ptr<core::HistoryCopy>> copy() override;

 private:
  [[nodiscard]] core::Result<void> put_waiting();

  struct Parts;
  explicit Store(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace telltale::store
