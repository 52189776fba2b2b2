// A batch for a sink: as JSON on its way to the plugin's process, and as the ABI's structs there. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/json/value.hpp>

#include <telltale/ext/sink.h>

#include "daemon/core/error.h"
#include "daemon/core/outgoing.h"

namespace telltale::host {

[[nodiscard]] boost::json::value outgoing_to_json(const core::OutgoingBatch& batch);
// ErrorCode::kCorrupt: it is none. Bit for bit what was encoded.
[[nodiscard]] core::Result<core::OutgoingBatchPtr> outgoing_from_json(const boost::json::value& value);

// The ABI's view of a batch, which outlives it.
class AbiBatch {
 public:
  explicit AbiBatch(const core::OutgoingBatch& batch);
  AbiBatch(const AbiBatch&) = delete;
  AbiBatch& operator=(const AbiBatch&) = delete;
  ~AbiBatch() = default;
  [[nodiscard]] const telltale_batch& batch() const { return batch_; }

 private:
  std::vector<std::vector<telltale_label>> labels_;
  std::vector<std::vector<telltale_state_name>> states_;
  std::vector<telltale_series> series_;
  std::vector<telltale_outgoing> readings_;
  telltale_batch batch_{};
};

}  // namespace telltale::host
