// Tries a rule against the history of this daemon, before it is saved. Made by app; any thread, see core::RuleTrier.
#pragma once

#include <atomic>
#include <string>

#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/inputs.h"
#include "daemon/core/interfaces/live.h"
#include "daemon/core/interfaces/trial.h"

namespace telltale::app {

class TrialDesk final : public core::RuleTrier {
 public:
  static constexpr std::size_t kMostFirings = 500;  // listed
  static constexpr core::Duration kPatience = std::chrono::seconds(8);
  static constexpr std::uint64_t kMostReadings = 250'000;  // in memory

  // `file`: whose secrets the configuration may name; empty: none. All outlive this.
  TrialDesk(std::string file, core::PluginCatalog& plugins, const core::Catalog& catalog, core::HistoryReader& history,
            const core::Clock& clock)
      : file_(std::move(file)), plugins_(plugins), catalog_(catalog), history_(history), clock_(clock) {}

  [[nodiscard]] core::Result<core::TrialOutcome> run(const core::RuleTrial& trial) override;

 private:
  [[nodiscard]] core::Result<core::TrialOutcome> look(const core::RuleTrial& trial);

  std::string file_;
  core::PluginCatalog& plugins_;
  const core::Catalog& catalog_;
  core::HistoryReader& history_;
  const core::Clock& clock_;
  std::atomic<bool> busy_ = false;
};

}  // namespace telltale::app
