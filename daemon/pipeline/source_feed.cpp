#include "daemon/pipeline/source_feed.h"

namespace telltale::pipeline {

void SourceFeed::on_series(std::uint32_t number, const core::SeriesDeclaration& declaration) {
  if (number >= states_.size()) states_.resize(number + 1, nullptr);
  states_[number] = engine_.declare(source_->input_id(), declaration);
}

void SourceFeed::on_readings(std::span<const telltale_reading> readings) {
  for (const telltale_reading& reading : readings) take(reading, {});
}

void SourceFeed::on_text(const telltale_reading& reading, std::string_view text) { take(reading, text); }

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
