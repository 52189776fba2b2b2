// Makes batches out of readings: each bounded in readings and bytes, with every series once. The sinks' thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/outgoing.h"
#include "daemon/sinks/spans.h"

namespace telltale::sinks {

// A reading that is to go out.
struct Item {
  core::SeriesPtr series;  // as the other side shall see it
  core::WallTime time{};
  double value = 0;
  core::Quality quality = core::Quality::kGood;
  std::string text;
};

class BatchBuilder {
 public:
  BatchBuilder(std::uint64_t cursor, bool live);
  // False: it has no room for it; take() and begin another one. An empty one has room for any.
  [[nodiscard]] bool add(Item& item);
  [[nodiscard]] bool empty() const { return batch_->readings.empty(); }
  [[nodiscard]] core::OutgoingBatchPtr take() { return std::move(batch_); }

 private:
  std::shared_ptr<core::OutgoingBatch> batch_;
  std::unordered_map<const core::SeriesInfo*, std::uint32_t> places_;
  std::size_t bytes_ = 0;
};

// The stretches of time that a batch's readings lie in.
[[nodiscard]] Spans spans_of(const core::OutgoingBatch& batch);

}  // namespace telltale::sinks
