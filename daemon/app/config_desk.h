// Reads and changes the configuration file of the running daemon. What stood there before is kept beside it, as
// FILE.1 (the newest) to FILE.9, so that a change can be taken back. Made by app when there is a file.
#pragma once

#include <functional>
#include <string>

#include "daemon/config/load.h"
#include "daemon/core/interfaces/configuration.h"
#include "daemon/core/mutex.h"

namespace telltale::app {

class ConfigDesk final : public core::ConfigKeeper {
 public:
  // Takes a new configuration over, on the net thread: true when part of it waits for the next start.
  using Apply = std::function<core::Result<bool>(config::Config)>;
  // Runs a task on the net thread.
  using Post = std::function<void(std::function<void()>)>;

  // `plugins` outlives this.
  ConfigDesk(std::string file, core::PluginCatalog& plugins, Post post, Apply apply)
      : file_(std::move(file)), plugins_(plugins), post_(std::move(post)), apply_(std::move(apply)) {}

  [[nodiscard]] core::Result<core::ConfigText> read() override;
  void change(core::ConfigChange change, Done done) override TELLTALE_EXCLUDES(mutex_);

 private:
  struct Prepared {
    core::ConfigOutcome outcome;
    config::Config config;
  };
  [[nodiscard]] core::Result<Prepared> prepare(const core::ConfigChange& change) TELLTALE_EXCLUDES(mutex_);

  // Constant after construction.
  std::string file_;
  core::PluginCatalog& plugins_;
  Post post_;
  Apply apply_;

  core::Mutex mutex_;  // one change at a time
};

}  // namespace telltale::app
