// One attached source, seen from the pipeline: turns what a ring holds into readings of registered series.
// Owned and called by the pipeline's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "daemon/core/interfaces/reading_source.h"
#include "daemon/pipeline/engine.h"

namespace telltale::pipeline {

class SourceFeed final : private core::SourceVisitor {
 public:
  SourceFeed(std::shared_ptr<core::ReadingSource> source, Engine& engine)
      : source_(std::move(source)), engine_(engine) {}

  // Takes at most about max_readings into the pass; true when more is waiting.
  bool drain(std::size_t max_readings) { return source_->drain(*this, max_readings); }
  bool drain_awake(std::size_t max_readings) { return source_->drain_awake(*this, max_readings); }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }  // readings, since it is attached
  void release() { source_->release(); }
  [[nodiscard]] const core::ReadingSource& source() const { return *source_; }

 private:
  void on_restart() override;
  void on_series(std::uint32_t number, const core::SeriesDeclaration& declaration) override;
  void on_readings(std::span<const telltale_reading> readings) override;
  void on_text(const telltale_reading& reading, std::string_view text) override;

  // Other names are reserved than when they were declared.
  void declare_again();
  void complain();
  void take(const telltale_reading& reading, std::string_view text);

  std::shared_ptr<core::ReadingSource> source_;
  Engine& engine_;
  std::uint64_t taken_ = 0;
  std::vector<SeriesState*> states_;                            // by the plugin's number; nullptr: refused
  std::map<std::uint32_t, core::SeriesDeclaration> conflicts_;  // by number: those whose names are reserved
  std::uint64_t reservations_ = 0;
};

}  // namespace telltale::pipeline
