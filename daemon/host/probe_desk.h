// core::DeviceProber over probe(): the plugin looks in a confined process, and a thread that lives only meanwhile waits
// for it, because probe() blocks. Owned by app; calls from any thread.
#pragma once

#include <string>
#include <thread>

#include "daemon/core/fd.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/interfaces/probing.h"
#include "daemon/core/mutex.h"

namespace telltale::host {

class ProbeDesk final : public core::DeviceProber {
 public:
  ProbeDesk(core::PluginCatalog& plugins, std::string host_program);
  ProbeDesk(const ProbeDesk&) = delete;
  ProbeDesk& operator=(const ProbeDesk&) = delete;
  // Interrupts the probe that runs, and waits for its end.
  ~ProbeDesk() override;

  void probe(std::string plugin, core::ConfigNode options, core::Duration patience, Done done) override
      TELLTALE_EXCLUDES(mutex_);
  // Ends what looks; nothing looks any more.
  void stop() TELLTALE_EXCLUDES(mutex_);

 private:
  [[nodiscard]] core::Result<core::ProbeOutcome> look(const std::string& plugin, const core::ConfigNode& options,
                                                      core::Duration patience);

  core::PluginCatalog& plugins_;
  const std::string host_program_;
  core::Fd interrupt_;  // an eventfd: readable from stop() on
  core::Mutex mutex_;
  bool busy_ TELLTALE_GUARDED_BY(mutex_) = false;
  bool stopped_ TELLTALE_GUARDED_BY(mutex_) = false;
  std::thread thread_ TELLTALE_GUARDED_BY(mutex_);
};

}  // namespace telltale::host
