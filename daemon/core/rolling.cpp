#include "daemon/core/rolling.h"

#include <algorithm>
#include <limits>

namespace telltale::core {

double Rolling::at(WallTime now) {
  constexpr Duration kInstant(1);
  const WallTime from = now - options_.stat.window - (has_left(options_.closed) ? kInstant : Duration{});
  take_in(has_right(options_.closed) ? now : now - kInstant);
  let_go(from);
  const Aggregate result = all();
  if (result.count < options_.min_periods) return std::numeric_limits<double>::quiet_NaN();
  return value(result, from);
}

void Rolling::take_in(WallTime upto) {
  const bool sketched = quantile_of(options_.stat.stat).has_value();
  while (tail_ - base_ < samples_.size() && sample(tail_).time <= upto) {
    back_.add(sample(tail_), options_.counter);
    if (sketched) sketch_.add(sample(tail_).value);
    ++tail_;
  }
}

void Rolling::let_go(WallTime from) {
  const bool sketched = quantile_of(options_.stat.stat).has_value();
  while (head_ < tail_ && sample(head_).time <= from) {
    if (head_ == middle_) turn();
    before_ = sample(head_);
    if (sketched) sketch_.remove_bin(Sketch::bin_of(before_->value));
    const bool last_of_block = head_ + 1 == block_end();
    ++head_;
    if (last_of_block && head_ < middle_) {
      front_.pop_back();
      open_block();
    }
    samples_.pop_front();
    base_ = head_;
  }
}

// Everything that `back_` knows goes over to the front.
void Rolling::turn() {
  front_.clear();
  middle_ = tail_;
  back_ = {};
  Aggregate behind;
  for (std::size_t end = middle_; end > head_;) {
    front_.push_back(behind);
    const std::size_t begin = std::max(head_, (end - 1) - (end - 1) % kBlock);
    Aggregate block;
    for (std::size_t i = begin; i < end; ++i) block.add(sample(i), options_.counter);
    block.merge(behind, options_.counter);
    behind = block;
    end = begin;
  }
  open_block();
}

void Rolling::open_block() {
  in_block_.resize(kBlock);
  Aggregate behind;
  for (std::size_t i = block_end(); i-- > head_;) {
    Aggregate one;
    one.add(sample(i), options_.counter);
    one.merge(behind, options_.counter);
    in_block_[i % kBlock] = behind = one;
  }
}

Aggregate Rolling::all() const {
  Aggregate result;
  if (head_ < middle_) {
    result = in_block_[head_ % kBlock];
    result.merge(front_.back(), options_.counter);
  }
  result.merge(back_, options_.counter);
  return result;
}

double Rolling::value(const Aggregate& all, WallTime from) const {
  const Stat stat = options_.stat.stat;
  if (const auto q = quantile_of(stat)) {
    return all.count == 0 ? std::numeric_limits<double>::quiet_NaN()
                          : std::clamp(sketch_.quantile(*q), all.min, all.max);
  }
  if (stat != Stat::kIncrease && stat != Stat::kRate) return all.stat(stat);
  const bool near = before_ && before_->time > from - options_.stat.window;
  const Sample* const before = near ? &*before_ : nullptr;
  return stat == Stat::kRate ? all.rate(before, options_.counter) : all.increase(before, options_.counter);
}

}  // namespace telltale::core
