#include "daemon/pipeline/windows.h"

#include <algorithm>
#include <span>
#include <utility>

namespace telltale::pipeline {

using core::Sample;

namespace {

bool earlier(const Sample& sample, core::WallTime time) { return sample.time < time; }

std::int64_t pane_index(core::WallTime time, core::Duration pane) {
  const std::int64_t ns = time.time_since_epoch().count();
  const std::int64_t length = pane.count();
  return ns / length - (ns % length < 0 ? 1 : 0);
}

}  // namespace

bool Windows::Chunk::insert(const Sample& sample, const core::CounterRule& rule) {
  auto* const end = samples.begin() + size;
  if (size == 0 || samples[size - 1].time < sample.time) {
    samples.at(size++) = sample;
    all.add(sample, rule);
    return true;
  }
  auto* const place = std::lower_bound(samples.begin(), end, sample.time, earlier);
  const bool is_new = place == end || place->time != sample.time;
  if (!is_new && place->value == sample.value) return false;
  if (is_new) {
    std::move_backward(place, end, end + 1);
    ++size;
  }
  *place = sample;
  aggregate(rule);
  return is_new;
}

void Windows::Chunk::aggregate(const core::CounterRule& rule) {
  all = {};
  for (const Sample& sample : std::span(samples).first(size)) all.add(sample, rule);
}

void Windows::add(const Sample& sample) {
  if (sample.time <= exact_from_) {
    to_panes(sample, chunks_.empty() ? sample.time : chunks_.back()->all.last.time);
    return;
  }
  if (chunk_for(sample.time).insert(sample, rule_)) ++held_;
  trim(chunks_.back()->all.last.time);
}

// The chunk a reading of that time belongs to, with room for it.
Windows::Chunk& Windows::chunk_for(core::WallTime time) {
  if (chunks_.empty()) return *chunks_.emplace_back(std::make_unique<Chunk>());
  const bool newest = time > chunks_.back()->all.last.time;
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
  full.aggregate(rule_);
  upper->aggregate(rule_);
  const bool into_upper = time >= upper->all.first.time;
  auto inserted = chunks_.insert(place + 1, std::move(upper));
  return into_upper ? **inserted : **(inserted - 1);
}

// Lets go of what no window reaches, and moves what is too much into panes.
void Windows::trim(core::WallTime newest) {
  const core::Duration longest = lengths_->empty() ? core::Duration{} : lengths_->back();
  while (chunks_.size() > 1) {
    const Chunk& oldest = *chunks_.front();
    const bool out_of_reach = oldest.all.last.time < newest - longest;
    if (!out_of_reach && held_ - oldest.size < kMaxExact) return;
    if (!out_of_reach) {
      for (const Sample& sample : std::span(oldest.samples).first(oldest.size)) to_panes(sample, newest);
      exact_from_ = oldest.all.last.time;
    }
    pushed_out_ = oldest.all.last;
    held_ -= oldest.size;
    chunks_.pop_front();
  }
}

void Windows::to_panes(const Sample& sample, core::WallTime newest) {
  if (paned_.empty()) {
    for (const core::Duration length : *lengths_) paned_.push_back({length, length / kPanes, {}, {}});
  }
  std::optional<std::int32_t> bin;  // the same in every sketch
  for (Paned& paned : paned_) {
    if (paned.pane.count() == 0) continue;
    const std::int64_t oldest = pane_index(newest - paned.length, paned.pane);
    while (!paned.panes.empty() && paned.panes.front().index < oldest) {
      paned.before = paned.panes.front().all.last;
      paned.panes.pop_front();
    }
    const std::int64_t index = pane_index(sample.time, paned.pane);
    if (index < oldest) continue;
    auto place = paned.panes.end();
    if (paned.panes.empty() || paned.panes.back().index < index) {
      place = paned.panes.insert(place, Pane{index, {}, {}});
    } else if (paned.panes.back().index == index) {
      --place;
    } else {
      place = std::lower_bound(paned.panes.begin(), paned.panes.end(), index,
                               [](const Pane& pane, std::int64_t wanted) { return pane.index < wanted; });
      if (place->index != index) place = paned.panes.insert(place, Pane{index, {}, {}});
    }
    if (!bin) bin = core::Sketch::bin_of(sample.value);
    place->all.add(sample, rule_);
    place->sketch.add_bin(*bin, 1);
  }
}

void Windows::clear() {
  chunks_.clear();
  paned_.clear();
  held_ = 0;
  exact_from_ = core::WallTime::min();
  pushed_out_.reset();
}

std::vector<Sample> Windows::samples() const {
  std::vector<Sample> all;
  all.reserve(held_);
  for (const auto& chunk : chunks_) {
    all.insert(all.end(), chunk->samples.begin(), chunk->samples.begin() + chunk->size);
  }
  return all;
}

void Windows::adopt(Windows&& history) {
  const std::vector<Sample> ours = samples();
  history.rule_ = rule_;
  *this = std::move(history);
  // A reading that history has gone over into panes is in there: the store sees everything that we saw.
  for (const Sample& sample : ours) {
    if (sample.time > exact_from_) add(sample);
  }
}

void Windows::shift(core::WallTime from, core::WallTime to, core::Duration by) {
  std::vector<Sample> held = samples();
  std::vector<Paned> panes = std::move(paned_);
  const auto moved = [&](core::WallTime time) { return time >= from && time <= to ? time + by : time; };
  const core::WallTime exact_from = exact_from_;
  const std::optional<Sample> out = pushed_out_;
  clear();
  for (Paned& paned : panes) {
    for (Pane& pane : paned.panes) {
      pane.all.first.time = moved(pane.all.first.time);
      pane.all.last.time = moved(pane.all.last.time);
      pane.index = pane_index(pane.all.first.time, paned.pane);
    }
    std::stable_sort(paned.panes.begin(), paned.panes.end(),
                     [](const Pane& a, const Pane& b) { return a.index < b.index; });
    if (paned.before) paned.before->time = moved(paned.before->time);
  }
  paned_ = std::move(panes);
  if (exact_from != core::WallTime::min()) exact_from_ = moved(exact_from);
  if (out) pushed_out_ = Sample{moved(out->time), out->value};
  for (Sample& sample : held) sample.time = moved(sample.time);
  std::stable_sort(held.begin(), held.end(), [](const Sample& a, const Sample& b) { return a.time < b.time; });
  for (const Sample& sample : held) add(sample);
}

}  // namespace telltale::pipeline
