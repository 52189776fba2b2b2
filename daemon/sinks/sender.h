// One sink: what goes out next, and what became of it.
//
// Nothing is buffered twice. What was just measured waits here for a moment, in memory, and goes first. What could not
// be sent is forgotten and remembered as a stretch of time (Spans), which is read from the history again, oldest first,
// beside the live readings. A batch that was not acknowledged is sent again: readings keep their times, so the other
// side sees each once. One batch is on its way at a time. Owned by Senders; the sinks' thread.
//
// A sink of statistics (`every`) has no live readings: what is measured makes it owe the stretch that it lies in. The
// newest one that is over goes first.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/sinks.h"
#include "daemon/core/log.h"
#include "daemon/sinks/cursor.h"
#include "daemon/sinks/outbox.h"
#include "daemon/sinks/recent.h"
#include "daemon/sinks/refusals.h"
#include "daemon/sinks/routes.h"

namespace telltale::sinks {

// What all senders share; outlives them.
struct SenderContext {
  core::Catalog& catalog;
  core::HistoryReader& history;
  core::InputDirectory& instances;
  const core::Clock& clock;
  core::Logger log;
  std::string run_directory;
  std::string state_directory;
  // Hands a batch to an instance; the answer comes to Sender::answered, on the sinks' thread.
  std::function<void(const std::string& id, std::uint64_t number, core::OutgoingBatchPtr batch)> send = nullptr;
  std::uint64_t last_number = 0;  // of a batch: a sink that is made anew takes no answer to what was sent before
  bool time_known = false;        // LiveSink::time_known() was said
};

class Sender {
 public:
  Sender(SenderContext& context, core::SinkConfig config);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  ~Sender() = default;

  [[nodiscard]] const core::SinkConfig& config() const { return config_; }
  void take(const core::ReadingBatch& batch);
  // Readings of that stretch did not come by way of take(): they are in the history.
  void owe(Span span);
  void owe(const Spans& spans);
  // The same; their times may be ones that wait for the clock.
  void missed(Span span);
  // Readings of that stretch are being moved: they go out once the history is done with it.
  void moved(Span span, core::Duration shift);
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
  using Pieces = std::deque<core::OutgoingBatchPtr>;

  // sender.cpp
  [[nodiscard]] bool time_known() const { return config_.uncertain || context_.time_known; }
  void take_one(const core::ReadingBatch& batch, const core::Reading& reading);
  [[nodiscard]] bool send_live(core::BootTime now);
  void send(core::OutgoingBatchPtr batch);
  void send_piece();
  void failed(const Flight& flight, const core::Error& why);
  void chunk_done();
  [[nodiscard]] std::uint64_t restarts() const;
  [[nodiscard]] Spans in_memory() const;
  void save(core::BootTime now);
  [[nodiscard]] Cursor cursor();

  // catch_up.cpp
  [[nodiscard]] Span aligned(Span span) const;
  void release();
  void forget_reading(Span span);
  void read_fresh();
  [[nodiscard]] std::int64_t end_of_last() const;
  [[nodiscard]] std::optional<Span> next_span();
  [[nodiscard]] bool next_chunk();
  void read_chunk(Span chunk);
  void cannot_read(const core::Error& why);
  void put_pieces(std::vector<Item>& items, bool live, Pieces& pieces);
  [[nodiscard]] core::Result<std::vector<Item>> read_items(Span chunk, bool bounded);
  [[nodiscard]] core::Result<std::vector<Item>> read_stats(Span chunk, bool bounded);
  [[nodiscard]] core::Result<core::HistoryResult> ask(Span chunk, std::vector<core::SeriesPtr> series,
                                                      std::optional<core::Stat> stat, bool bounded);
  void append_items(const core::HistorySeries& one, std::optional<core::Stat> stat, std::vector<Item>& items);
  void note_lost(Span chunk, const core::HistoryResult& left);
  void tell_lost();

  SenderContext& context_;
  const core::SinkConfig config_;
  const core::Logger log_;
  const CursorFiles files_;
  const std::int64_t every_;  // ns; 0: readings as they come
  Routes routes_;
  Refusals refusals_;

  std::deque<Item> live_;
  core::BootTime live_since_{};
  Pieces live_pieces_;  // of a live batch that was refused, or of the newest stretch of `every`
  std::optional<Flight> flight_;

  Recent recent_;
  Spans owed_;
  Spans later_;                         // owed, once the history has corrected its times
  Spans held_;                          // waits for the clock
  Spans late_;                          // stretches of `every` to which something was added when they were over
  std::optional<Span> chunk_;           // that is being caught up
  std::optional<Span> fresh_;           // the stretch of `every` whose statistics are live_pieces_
  Pieces pieces_;                       // of chunk_; the first one goes next
  std::int64_t reach_ = 1'000'000'000;  // ns of time to read at once
  std::int64_t last_end_ = INT64_MIN;   // of the newest stretch of `every` that was begun to be sent
  std::int64_t noted_ = INT64_MIN;      // begin of the stretch of `every` that take() noted last
  core::OutgoingBatchPtr sent_before_;  // the piece that was handed over last
  std::uint64_t restarts_before_ = 0;   // of the plugin, when that was
  int deaths_ = 0;                      // of the plugin, by the first piece
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
  std::unordered_set<core::SeriesId> lost_series_;
  std::uint64_t lost_untold_ = 0;  // readings
};

}  // namespace telltale::sinks
