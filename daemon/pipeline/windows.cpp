#include "daemon/pipeline/windows.h"

#include <algorithm>
#include <span>

namespace telltale::pipeline {

namespace {

bool earlier(core::WallTime time, const Sample& sample) { return time < sample.time; }

std::int64_t pane_index(core::WallTime time, core::Duration pane) {
  const std::int64_t ns = time.time_since_epoch().count();
  const std::int64_t length = pane.count();
  return ns / length - (ns % length < 0 ? 1 : 0);
}

}  // namespace

void Windows::Chunk::insert(const Sample& sample) {
  auto* const end = samples.begin() + size;
  auto* const place = std::upper_bound(samples.begin(), end, sample.time, earlier);
  const bool last = place == end;
  std::move_backward(place, end, end + 1);
  *place = sample;
  ++size;
  if (last) {
    all.add(sample);
  } else {
    aggregate();
  }
}

void Windows::Chunk::aggregate() {
  all = {};
  for (std::size_t i = 0; i < size; ++i) all.add(samples[i]);
}

void Windows::add(const Sample& sample) {
  if (sample.time <= exact_from_) {
    to_panes(sample, chunks_.empty() ? sample.time : chunks_.back()->all.last.time);
    return;
  }
  chunk_for(sample.time).insert(sample);
  ++held_;
  trim(chunks_.back()->all.last.time);
}

// The chunk a reading of that time belongs to, with room for it.
Windows::Chunk& Windows::chunk_for(core::WallTime time) {
  if (chunks_.empty()) return *chunks_.emplace_back(std::make_unique<Chunk>());
  const bool newest = time >= chunks_.back()->all.last.time;
  if (newest && chunks_.back()->size == kChunk) return *chunks_.emplace_back(std::make_unique<Chunk>());
  auto place = std::upper_bound(chunks_.begin(), chunks_.end(), time,
                                [](core::WallTime t, const auto& chunk) { return t < chunk->all.first.time; });
  if (place != chunks_.begin()) --place;
  if ((*place)->size < kChunk) return **place;
  // Full, and the reading is late: split the chunk in halves.
  Chunk& full = **place;
  auto upper = std::make_unique<Chunk>();
  std::copy(full.samples.begin() + kChunk / 2, full.samples.end(), upper->samples.begin());
  upper->size = kChunk / 2;
  full.size = kChunk / 2;
  full.aggregate();
  upper->aggregate();
  const bool into_upper = time >= upper->all.first.time;
  auto inserted = chunks_.insert(place + 1, std::move(upper));
  return into_upper ? **inserted : **(inserted - 1);
}

// Lets go of what no window reaches, and moves what is too much into panes.
void Windows::trim(core::WallTime newest) {
  const core::Duration longest = lengths_->empty() ? core::Duration{} : lengths_->back();
  while (chunks_.size() > 1) {
    const Chunk& oldest = *chunks_.front();
    const bool out_of_reach = oldest.all.last.time <= newest - longest;
    if (!out_of_reach && held_ - oldest.size < kMaxExact) return;
    if (!out_of_reach) {
      for (const Sample& sample : std::span(oldest.samples).first(oldest.size)) to_panes(sample, newest);
      exact_from_ = oldest.all.last.time;
    }
    held_ -= oldest.size;
    chunks_.pop_front();
  }
}

void Windows::to_panes(const Sample& sample, core::WallTime newest) {
  if (paned_.empty()) {
    for (const core::Duration length : *lengths_) paned_.push_back({length, length / kPanes, {}});
  }
  for (Paned& paned : paned_) {
    if (paned.pane.count() == 0) continue;
    const std::int64_t oldest = pane_index(newest - paned.length, paned.pane);
    while (!paned.panes.empty() && paned.panes.front().index < oldest) paned.panes.pop_front();
    const std::int64_t index = pane_index(sample.time, paned.pane);
    if (index < oldest) continue;
    auto place = std::lower_bound(paned.panes.begin(), paned.panes.end(), index,
                                  [](const Pane& pane, std::int64_t wanted) { return pane.index < wanted; });
    if (place == paned.panes.end() || place->index != index) place = paned.panes.insert(place, Pane{index, {}});
    place->all.add(sample);
  }
}

bool Windows::exact(core::Duration length, core::WallTime now) const { return now - length >= exact_from_; }

Aggregate Windows::evaluate(core::Duration length, core::WallTime now) const {
  const core::WallTime from = now - length;
  Aggregate result;
  if (!exact(length, now)) {
    const auto paned =
        std::find_if(paned_.begin(), paned_.end(), [length](const Paned& one) { return one.length == length; });
    if (paned != paned_.end()) {
      const std::int64_t first_whole = pane_index(from, paned->pane) + 1;
      for (const Pane& pane : paned->panes) {
        if (pane.index >= first_whole) result.merge(pane.all);
      }
    }
  }
  for (const auto& chunk : chunks_) {
    if (chunk->size == 0 || chunk->all.last.time <= from || chunk->all.first.time > now) continue;
    if (chunk->all.first.time > from && chunk->all.last.time <= now) {
      result.merge(chunk->all);
      continue;
    }
    for (const Sample& sample : std::span(chunk->samples).first(chunk->size)) {
      if (sample.time > from && sample.time <= now) result.add(sample);
    }
  }
  return result;
}

}  // namespace telltale::pipeline
