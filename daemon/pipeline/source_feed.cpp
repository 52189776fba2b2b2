#include "daemon/pipeline/source_feed.h"

#include <string>
#include <utility>

namespace telltale::pipeline {

namespace {

constexpr std::size_t kMostNamed = 3;

}  // namespace

void SourceFeed::on_restart() {
  states_.clear();
  if (std::exchange(conflicts_, {}).empty()) return;
  complain();
}

void SourceFeed::on_series(std::uint32_t number, const core::SeriesDeclaration& declaration) {
  if (number >= states_.size()) states_.resize(number + 1, nullptr);
  states_[number] = engine_.declare(source_->input_id(), declaration);
  if (states_[number] != nullptr || engine_.may_have(source_->input_id(), declaration.key)) return;
  conflicts_.insert_or_assign(number, declaration);
  complain();
}

void SourceFeed::declare_again() {
  reservations_ = engine_.reservations();
  for (std::uint32_t number = 0; number < states_.size(); ++number) {
    SeriesState*& state = states_[number];
    const auto conflict = conflicts_.find(number);
    if (conflict != conflicts_.end()) {
      state = engine_.declare(source_->input_id(), conflict->second);
      if (state != nullptr) conflicts_.erase(conflict);
    } else if (state != nullptr && !engine_.may_have(source_->input_id(), state->series()->declaration.key)) {
      conflicts_.emplace(number, state->series()->declaration);
      state = nullptr;
    }
  }
  complain();
}

void SourceFeed::complain() {
  std::string why;
  std::size_t named = 0;
  for (const auto& [number, declaration] : conflicts_) {
    if (named++ == kMostNamed) break;
    why += (why.empty() ? "" : ", ") + declaration.key.text();
  }
  if (!why.empty()) {
    why += conflicts_.size() > kMostNamed ? " and more" : "";
    why +=
        ": not taken from this input, since a derived series of the configuration has that name; rename one of the two";
  }
  source_->complain(why);
}

void SourceFeed::on_readings(std::span<const telltale_reading> readings) {
  if (reservations_ != engine_.reservations()) declare_again();
  for (const telltale_reading& reading : readings) take(reading, {});
}

void SourceFeed::on_text(const telltale_reading& reading, std::string_view text) {
  if (reservations_ != engine_.reservations()) declare_again();
  take(reading, text);
}

void SourceFeed::take(const telltale_reading& reading, std::string_view text) {
  ++taken_;
  using Source = Engine::Stamp::Source;
  SeriesState* const state = reading.series < states_.size() ? states_[reading.series] : nullptr;
  if (state == nullptr) return;
  Engine::Stamp stamp;
  stamp.ns = reading.time;
  if ((reading.flags & TELLTALE_READING_WALL_TIME) != 0) {
    stamp.source = Source::kWall;
  } else if (reading.time != 0) {
    stamp.source = Source::kBoot;
  }
  const auto quality =
      reading.quality > TELLTALE_QUALITY_BAD ? core::Quality::kUncertain : static_cast<core::Quality>(reading.quality);
  engine_.take(*state, stamp, reading.value, quality, text);
}

}  // namespace telltale::pipeline
