// Keeps the configured inputs running: core::InputDirectory.
//
// The joint: app gives it the io_context whose thread all of this happens on, the catalog that says where plugins lie,
// and the consumer (the pipeline) that drains rings. apply() makes what runs equal to what is configured: it starts
// what is new, stops what is gone, restarts what changed, and leaves everything else alone. Each input has one
// RingSource for as long as it is configured; rings that an earlier daemon left behind are drained first, also those
// of inputs that are configured no more. An input that ends is started again with back-off; what ended it, in words,
// is in inputs().
//
// All calls on the io_context's thread, or before it runs; inputs() and restart() from any thread. The consumer, the
// catalog, the clock and the io_context outlive the supervisor.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/interfaces/reading_source.h"
#include "daemon/core/log.h"
#include "daemon/host/supervision.h"

namespace boost::asio {
class io_context;
}

namespace telltale::host {

class Supervisor final : public core::InputDirectory {
 public:
  Supervisor(boost::asio::io_context& context, SupervisorSettings settings, core::PluginCatalog& catalog,
             core::SourceConsumer& consumer, const core::Clock& clock, core::Logger log, RandomSource random);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  // Ends what still runs, at once, and lets the consumer drain what is left.
  ~Supervisor() override;

  // The first call also finds the rings that were left. Fails only when there is no place for rings; an input that
  // cannot be started is in inputs() with its reason.
  [[nodiscard]] core::Result<void> apply(std::vector<core::InputConfig> inputs);
  // Stops all: each is asked, and ended after the stop grace. `done` is called once, when none runs any more, maybe
  // from inside the call. apply() must not follow.
  void stop_all(std::function<void()> done);

  [[nodiscard]] std::vector<core::InputStatus> inputs() const override;
  // ErrorCode::kNotFound names the nearest id.
  [[nodiscard]] core::Result<void> restart(std::string_view id) override;
  void request(std::string_view id, core::InputRequest request, std::function<void(core::Result<void>)> done) override;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace telltale::host
