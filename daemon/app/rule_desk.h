// Derived series and rules between their parts: the configuration, the history, the pipeline's thread and net. Made by
// app; any thread, but for what says otherwise.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/app/usual_desk.h"
#include "daemon/config/config.h"
#include "daemon/core/interfaces/history.h"
#include "daemon/core/interfaces/rules.h"
#include "daemon/core/log.h"
#include "daemon/notify/notifier.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/rules/book.h"

namespace telltale::app {

class RuleDesk final : public core::RuleKeeper {
 public:
  // Before the pipeline starts. `known`: the series of the history. Blocks on the disk, for the last value of those
  // that go on from it alone. The pipeline ends before this does.
  RuleDesk(pipeline::Pipeline& pipeline, core::HistoryReader& history, const std::vector<core::SeriesPtr>& known,
           const config::Config& config, std::unique_ptr<notify::Notifier> notifier, core::Logger log);

  // Takes a configuration over, soon.
  void apply(const config::Config& config);

  void derived(std::function<void(std::vector<core::DerivedStatus>)> done) override;
  void alarms(std::function<void(std::vector<core::AlarmStatus>)> done) override;
  void acknowledge(core::AlarmChoice choice, std::string who, std::string comment,
                   std::function<void(core::Result<std::uint64_t>)> done) override;
  void silence(core::AlarmChoice choice, core::Duration length, std::string who, std::string comment,
               std::function<void(core::Result<std::uint64_t>)> done) override;
  void test(std::string rule, std::function<void(core::Result<std::vector<core::TestOutcome>>)> done) override;
  void test_target(std::string id, std::function<void(core::Result<std::vector<core::TestOutcome>>)> done) override;
  [[nodiscard]] std::vector<core::NotifyStatus> targets() const override { return notifier_->targets(); }

 private:
  pipeline::Pipeline& pipeline_;
  std::shared_ptr<notify::Notifier> notifier_;
  UsualDesk usual_;
  std::shared_ptr<rules::Book> book_;  // the pipeline's thread has what is in it
};

}  // namespace telltale::app
