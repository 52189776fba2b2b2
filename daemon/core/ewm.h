// Exponentially weighted mean of readings in the order of time: pandas' ewm(…, adjust=…).mean().
#pragma once

#include <cmath>

#include "daemon/core/aggregate.h"

namespace telltale::core {

class Ewm {
 public:
  // A reading weighs `1 - alpha` times as much as the one after it, 0 < alpha <= 1. With `adjust` the weights are
  // divided by their sum, so that the first readings count no more than they should.
  static Ewm with_alpha(double alpha, bool adjust) { return {1 - alpha, Duration{}, adjust}; }
  // A reading weighs half as much as one that is `half_life` younger.
  static Ewm with_half_life(Duration half_life) { return {0.5, half_life, true}; }

  double add(const Sample& sample) {
    if (weight_ == 0) {
      mean_ = sample.value;
      weight_ = 1;
    } else {
      const double decay = half_life_ == Duration{} ? decay_
                                                    : std::exp2(-static_cast<double>((sample.time - last_).count()) /
                                                                static_cast<double>(half_life_.count()));
      const double old = adjust_ ? weight_ * decay : decay;
      const double fresh = adjust_ ? 1 : 1 - decay;
      mean_ += (sample.value - mean_) * (fresh / (old + fresh));
      weight_ = old + fresh;
    }
    last_ = sample.time;
    return mean_;
  }

 private:
  Ewm(double decay, Duration half_life, bool adjust) : decay_(decay), half_life_(half_life), adjust_(adjust) {}

  double decay_;
  Duration half_life_;
  bool adjust_;
  double mean_ = 0;
  double weight_ = 0;
  WallTime last_{};
};

}  // namespace telltale::core
