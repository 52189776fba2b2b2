// What the windows answer.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "daemon/pipeline/windows.h"

namespace telltale::pipeline {

using core::Aggregate;
using core::Sample;

Windows::Span Windows::span_of(core::Duration length, core::WallTime now, core::Closed closed) {
  constexpr core::Duration kInstant(1);
  return {now - length - (core::has_left(closed) ? kInstant : core::Duration{}),
          core::has_right(closed) ? now : now - kInstant};
}

bool Windows::exact(core::Duration length, core::WallTime now) const { return now - length >= exact_from_; }

const Windows::Paned* Windows::paned_for(core::Duration length) const {
  const auto found =
      std::find_if(paned_.begin(), paned_.end(), [length](const Paned& one) { return one.length >= length; });
  return found == paned_.end() || found->pane.count() == 0 ? nullptr : &*found;
}

// The panes that lie wholly in a window which begins after `from`.
template <class Visit>
void Windows::each_pane(core::Duration length, core::WallTime from, Visit&& visit) const {
  const Paned* const paned = from >= exact_from_ ? nullptr : paned_for(length);
  if (paned == nullptr) return;
  const std::int64_t ns = from.time_since_epoch().count();
  for (const Pane& pane : paned->panes) {
    if (pane.index * paned->pane.count() > ns) visit(pane);
  }
}

// The readings held: as whole chunks where they lie wholly in the span, else one by one.
template <class Whole, class Single>
void Windows::each_chunk(const Span& span, Whole&& whole, Single&& single) const {
  auto place = std::partition_point(chunks_.begin(), chunks_.end(),
                                    [&](const auto& chunk) { return chunk->all.last.time <= span.from; });
  for (; place != chunks_.end() && (*place)->all.first.time <= span.upto; ++place) {
    const Chunk& chunk = **place;
    if (chunk.all.first.time > span.from && chunk.all.last.time <= span.upto) {
      whole(chunk);
      continue;
    }
    for (const Sample& sample : std::span(chunk.samples).first(chunk.size)) {
      if (sample.time > span.from && sample.time <= span.upto) single(sample);
    }
  }
}

Aggregate Windows::evaluate(core::Duration length, core::WallTime now, core::Closed closed) const {
  return evaluate(length, span_of(length, now, closed));
}

Aggregate Windows::evaluate(core::Duration length, const Span& span) const {
  Aggregate result;
  each_pane(length, span.from, [&](const Pane& pane) { result.merge(pane.all, rule_); });
  each_chunk(
      span, [&](const Chunk& chunk) { result.merge(chunk.all, rule_); },
      [&](const Sample& sample) { result.add(sample, rule_); });
  return result;
}

// Of readings at hand the very one; where panes are part of it, by sketch.
double Windows::quantile(double q, core::Duration length, const Span& span) const {
  std::vector<double> values;
  values.reserve(held_);
  each_chunk(
      span,
      [&](const Chunk& chunk) {
        for (const Sample& sample : std::span(chunk.samples).first(chunk.size)) values.push_back(sample.value);
      },
      [&](const Sample& sample) { values.push_back(sample.value); });
  core::Sketch sketch;
  each_pane(length, span.from, [&](const Pane& pane) { sketch.merge(pane.sketch); });
  if (sketch.count() == 0) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto rank = static_cast<std::ptrdiff_t>(std::floor(q * static_cast<double>(values.size() - 1)));
    std::nth_element(values.begin(), values.begin() + rank, values.end());
    return values[static_cast<std::size_t>(rank)];
  }
  for (const double value : values) sketch.add(value);
  const Aggregate all = evaluate(length, span);
  return std::clamp(sketch.quantile(q), all.min, all.max);
}

// The newest reading before the window, if it is not older than one more window: what a counter counts from.
std::optional<Sample> Windows::before(core::Duration length, const Span& span) const {
  std::optional<Sample> found = pushed_out_;
  if (span.from < exact_from_) {
    const Paned* const paned = paned_for(length);
    if (paned == nullptr) return std::nullopt;
    found = paned->before;
    const std::int64_t ns = span.from.time_since_epoch().count();
    for (const Pane& pane : paned->panes) {
      if (pane.index * paned->pane.count() <= ns) found = pane.all.last;
    }
  } else {
    const auto behind = std::partition_point(chunks_.begin(), chunks_.end(),
                                             [&](const auto& chunk) { return chunk->all.first.time <= span.from; });
    if (behind != chunks_.begin()) {
      const Chunk& chunk = **(behind - 1);
      for (const Sample& sample : std::span(chunk.samples).first(chunk.size)) {
        if (sample.time <= span.from) found = sample;
      }
    }
  }
  return found && found->time > span.from - length ? found : std::nullopt;
}

double Windows::stat(core::WindowStat wanted, core::WallTime now, core::Closed closed) const {
  if (!covers(wanted.window)) return std::numeric_limits<double>::quiet_NaN();
  const Span span = span_of(wanted.window, now, closed);
  if (const auto q = core::quantile_of(wanted.stat)) return quantile(*q, wanted.window, span);
  const Aggregate all = evaluate(wanted.window, span);
  if (wanted.stat != core::Stat::kIncrease && wanted.stat != core::Stat::kRate) return all.stat(wanted.stat);
  const auto base = before(wanted.window, span);
  const Sample* const begin = base ? &*base : nullptr;
  return wanted.stat == core::Stat::kRate ? all.rate(begin, rule_) : all.increase(begin, rule_);
}

}  // namespace telltale::pipeline
