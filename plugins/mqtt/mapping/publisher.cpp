#include "plugins/mqtt/mapping/publisher.h"

namespace telltale::mqtt {
namespace {

constexpr std::size_t kMaxBatch = 4'096;  // what the host takes at once

}  // namespace

Publisher::Publisher(Host host, std::size_t max_series) : host_(host), series_(host, max_series) { batch_.reserve(64); }

void Publisher::add(const SeriesTable::Entry& series, double value, const Stamp& stamp) {
  ++added_;
  batch_.push_back({stamp.time, value, series.number, stamp.quality, stamp.flags});
  if (batch_.size() == kMaxBatch) flush();
}

void Publisher::add_text(const SeriesTable::Entry& series, std::string_view text, const Stamp& stamp) {
  ++added_;
  flush();  // in the order of the message
  host_.publish_text({stamp.time, 0, series.number, stamp.quality, stamp.flags}, text);
}

void Publisher::flush() {
  if (batch_.empty()) return;
  host_.publish(batch_);
  batch_.clear();
}

void Publisher::expect(const SeriesTable::Entry& series, std::chrono::nanoseconds patience) {
  if (series.kind != TELLTALE_KIND_EVENT) deadlines_[series.number] = host_.now() + patience;
}

void Publisher::tick() {
  if (deadlines_.empty()) return;
  const auto now = host_.now();
  const std::size_t expired = std::erase_if(deadlines_, [&](const auto& watched) {
    if (watched.second > now) return false;
    add({watched.first, TELLTALE_KIND_GAUGE}, 0, {0, TELLTALE_QUALITY_BAD, 0});
    return true;
  });
  if (expired != 0) host_.count("series.expired", expired);
  flush();
}

}  // namespace telltale::mqtt
