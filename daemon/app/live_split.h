// Hands what the pipeline publishes to two that take it. Owned by app; the pipeline's thread.
#pragma once

#include <utility>

#include "daemon/core/interfaces/live.h"

namespace telltale::app {

class LiveSplit final : public core::LiveSink {
 public:
  // Both outlive this.
  LiveSplit(core::LiveSink& first, core::LiveSink& second) : first_(first), second_(second) {}
  void publish(core::LiveBatch batch) override {
    first_.publish(batch);
    second_.publish(std::move(batch));
  }
  void rewritten(core::WallTime from, core::WallTime to) override {
    first_.rewritten(from, to);
    second_.rewritten(from, to);
  }
  void moved(core::WallTime from, core::WallTime to, core::Duration shift) override {
    first_.moved(from, to, shift);
    second_.moved(from, to, shift);
  }
  void time_known() override {
    first_.time_known();
    second_.time_known();
  }

 private:
  core::LiveSink& first_;
  core::LiveSink& second_;
};

}  // namespace telltale::app
