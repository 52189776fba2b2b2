#include "daemon/sinks/spans.h"

#include <algorithm>

namespace telltale::sinks {

namespace {

// Never beyond the ends of time.
std::int64_t minus(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? INT64_MAX : difference;
}

}  // namespace

void Spans::add(Span span) {
  if (span.from >= span.to) return;
  std::vector<Span> kept;
  kept.reserve(all_.size() + 1);
  auto next = all_.begin();
  while (next != all_.end() && next->to < span.from && minus(span.from, next->to) >= kJoin) kept.push_back(*next++);
  while (next != all_.end() && (next->from <= span.to || minus(next->from, span.to) < kJoin)) {
    span.from = std::min(span.from, next->from);
    span.to = std::max(span.to, next->to);
    ++next;
  }
  kept.push_back(span);
  kept.insert(kept.end(), next, all_.end());
  all_ = std::move(kept);
  if (all_.size() <= kMost) return;
  std::size_t closest = 1;
  for (std::size_t i = 2; i < all_.size(); ++i) {
    if (minus(all_[i].from, all_[i - 1].to) < minus(all_[closest].from, all_[closest - 1].to)) closest = i;
  }
  all_[closest - 1].to = all_[closest].to;
  all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(closest));
}

void Spans::remove(Span span) {
  std::vector<Span> kept;
  for (const Span& one : all_) {
    if (one.from < std::min(one.to, span.from)) kept.push_back({one.from, std::min(one.to, span.from)});
    if (std::max(one.from, span.to) < one.to) kept.push_back({std::max(one.from, span.to), one.to});
    // Of an empty span both halves are the whole.
    if (kept.size() > 1 && kept.back() == kept[kept.size() - 2]) kept.pop_back();
  }
  all_ = std::move(kept);
}

std::int64_t Spans::length() const {
  std::int64_t sum = 0;
  for (const Span& span : all_) {
    if (__builtin_add_overflow(sum, minus(span.to, span.from), &sum)) return INT64_MAX;
  }
  return sum;
}

}  // namespace telltale::sinks
