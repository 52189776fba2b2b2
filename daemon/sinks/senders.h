// The sinks of a daemon: a thread that takes what the pipeline publishes, reads from the history what is to be caught
// up, and hands batches to the plugins' instances. The thread runs while there is a sink. Owned by app.
//
// publish(), moved() and time_known() from the pipeline's thread: they never block. apply(), stop() from the main
// thread; sinks() from any.
#pragma once

#include <memory>
#include <vector>

#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/sinks.h"
#include "daemon/sinks/sender.h"

namespace telltale::sinks {

class Senders final : public core::LiveSink, public core::SinkDirectory {
 public:
  // `context.send` is set here. What it refers to outlives the thread.
  explicit Senders(SenderContext context);
  Senders(const Senders&) = delete;
  Senders& operator=(const Senders&) = delete;
  ~Senders() override;

  // Makes what runs equal to what is configured; what did not change goes on.
  void apply(std::vector<core::SinkConfig> sinks);
  // Behind the last publish(): keeps how far each sink is, ends the thread.
  void stop();

  void publish(core::LiveBatch batch) override;
  void moved(core::WallTime from, core::WallTime to, core::Duration shift) override;
  void time_known() override;
  [[nodiscard]] std::vector<core::SinkStatus> sinks() const override;

 private:
  struct Shared;
  class Work;
  void launch();

  std::shared_ptr<Shared> shared_;  // an answer may come when we are gone
  std::unique_ptr<Work> work_;
};

}  // namespace telltale::sinks
