// One sink: what goes out next, and what became of it.
//
// Nothing is buffered twice. What was just measured waits here for a moment, in memory, and goes first. What could not
// be sent is forgotten and remembered as a stretch of time (Spans), which is read from the history again, oldest first,
// beside the live readings. A batch that was not acknowledged is sent again: readings keep their times, so the other
// side sees each once. One batch is on its way at a time. Owned by Senders; the sinks' thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/sinks.h"
#include "daemon/core/log.h"
#include "daemon/sinks/cursor.h"
#include "daemon/sinks/outbox.h"

namespace telltale::sinks {

// What all senders share; outlives them.
struct SenderContext {
  core::Catalog& catalog;
  core::HistoryReader& history;
  core::InputDirectory& instances;
  const core::Clock& clock;
  core::Logger log;
  core::Duration raw{};     // how long the history keeps readings; 0: any
  core::Duration commit{};  // its interval
  std::string run_directory;
  std::string state_directory;
  // Hands a batch to an instance; the answer comes to Sender::answered, on the sinks' thread.
  std::function<void(const std::string& id, std::uint64_t number, core::OutgoingBatchPtr batch)> send;
};

class Sender {
 public:
  Sender(SenderContext& context, core::SinkConfig config);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  ~Sender() = default;

  [[nodiscard]] const core::SinkConfig& config() const { return config_; }
  void take(const core::ReadingBatch& batch);
  // Readings of that stretch did not come by way of take(), or changed their times: they are in the history, or will
  // be once the next commits are over.
  void owe(Span span) { owed_.add(span); }
  void owe_later(Span span);
  void answered(std::uint64_t number, const core::Result<void>& how);
  // Sends what is due. When to be called again, at the latest.
  [[nodiscard]] core::BootTime step(core::BootTime now);
  // At the end: nothing is on its way any more.
  void finish();
  [[nodiscard]] core::SinkStatus status() const;

 private:
  struct Flight {
    std::uint64_t number = 0;
    core::OutgoingBatchPtr batch;
  };
  [[nodiscard]] core::SeriesPtr route(core::SeriesId id);
  [[nodiscard]] core::SeriesPtr outgoing(const core::SeriesPtr& series);
  [[nodiscard]] bool chosen(const core::SeriesInfo& series) const;
  void refresh_routes();
  void send_live();
  void send(core::OutgoingBatchPtr batch);
  // False: nothing is left to catch up.
  [[nodiscard]] bool next_chunk();
  [[nodiscard]] bool read_chunk(Span chunk);
  void note_lost(std::int64_t before);
  void chunk_step();
  void failed(const Flight& flight, const core::Error& why);
  void park(const core::OutgoingBatch& batch, const std::string& reason);
  [[nodiscard]] bool kills_the_plugin() const;
  [[nodiscard]] std::uint64_t restarts() const;
  void release_held(core::BootTime now);
  void save(core::BootTime now);
  [[nodiscard]] Cursor cursor() const;

  SenderContext& context_;
  const core::SinkConfig config_;
  const core::Logger log_;
  const CursorFiles files_;
  std::vector<core::Selector> selectors_;

  std::uint64_t generation_ = 0;                                // of the catalog, when routes_ was made
  std::unordered_map<core::SeriesId, core::SeriesPtr> routes_;  // null: not chosen
  std::unordered_map<core::SeriesId, std::pair<core::SeriesPtr, core::SeriesPtr>> shown_;  // as it is, as it goes out

  std::deque<Item> live_;
  core::BootTime live_since_{};
  std::optional<Flight> flight_;
  std::uint64_t last_number_ = 0;

  Spans owed_;
  Spans later_;  // owed, once the history has it
  core::BootTime later_at_{};
  Spans held_;
  std::optional<Span> chunk_;                  // that is being caught up
  std::deque<core::OutgoingBatchPtr> pieces_;  // of it; the first one goes next
  std::int64_t reach_ = 1'000'000'000;         // ns of time to read at once
  core::OutgoingBatchPtr sent_before_;         // the piece that was handed over last
  std::uint64_t restarts_before_ = 0;          // of the plugin, when that was
  int deaths_ = 0;                             // of the plugin, by the first piece
  core::BootTime backfill_at_{};

  core::Duration backoff_{};
  core::BootTime retry_at_{};
  std::int64_t newest_ = 0;
  std::int64_t horizon_ = 0;  // as it was saved last
  bool dirty_ = true;
  core::BootTime save_at_{};
  core::BootTime save_for_good_at_{};
  bool owed_for_good_ = false;
  bool away_said_ = false;
  bool save_failed_ = false;

  core::SinkStatus status_;
};

}  // namespace telltale::sinks
