#include "daemon/host/probe_desk.h"

#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/core/diagnostic.h"
#include "daemon/core/option_schema.h"
#include "daemon/host/probe_process.h"

namespace telltale::host {

namespace {

using core::ErrorCode;
using core::make_error;

// More than these help nobody who looks at a form.
constexpr std::size_t kMostFindings = 64;

class Collector final : public ProbeObserver {
 public:
  void on_finding(const FindingMessage& finding) override {
    if (outcome.findings.size() == kMostFindings) return;
    outcome.findings.push_back({finding.title, finding.detail, finding.options, finding.confidence});
  }
  void on_progress(const ProgressMessage& /*progress*/) override {}
  void on_log(const LogMessage& /*line*/) override {}

  core::ProbeOutcome outcome;
};

core::Result<core::OptionValue> options_of(const core::PluginDescription& plugin, const core::ConfigNode& given) {
  core::Diagnostics diagnostics;
  core::OptionValue options = core::validate_options(plugin.probe_options, given, diagnostics);
  std::string mistakes;
  for (const core::Diagnostic& each : diagnostics.items()) {
    if (each.severity != core::Diagnostic::Severity::kError) continue;
    mistakes += (mistakes.empty() ? "" : "; ") + each.message;
  }
  if (!mistakes.empty()) return make_error(ErrorCode::kInvalid, std::move(mistakes));
  return options;
}

}  // namespace

ProbeDesk::ProbeDesk(core::PluginCatalog& plugins, std::string host_program)
    : plugins_(plugins), host_program_(std::move(host_program)), interrupt_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

ProbeDesk::~ProbeDesk() {
  stop();
  std::thread last;
  {
    const core::MutexLock lock(mutex_);
    last = std::move(thread_);
  }
  if (last.joinable()) last.join();
}

void ProbeDesk::stop() {
  const core::MutexLock lock(mutex_);
  stopped_ = true;
  const std::uint64_t one = 1;
  // Fails only when it is readable already.
  [[maybe_unused]] const auto written = ::write(interrupt_.get(), &one, sizeof one);
}

void ProbeDesk::probe(std::string plugin, core::ConfigNode options, core::Duration patience, Done done) {
  std::thread before;
  {
    const core::MutexLock lock(mutex_);
    if (!stopped_ && !busy_) {
      busy_ = true;
      before = std::move(thread_);
      thread_ = std::thread(
          [this, plugin = std::move(plugin), options = std::move(options), patience, done = std::move(done)] {
            core::name_thread("probe");
            auto outcome = look(plugin, options, patience);
            {
              const core::MutexLock inner(mutex_);
              busy_ = false;
            }
            done(std::move(outcome));
          });
      done = nullptr;
    }
  }
  // It has said that it is done, so this takes no time.
  if (before.joinable()) before.join();
  if (done) done(make_error(ErrorCode::kConflict, "another probe looks for devices: wait until it is done"));
}

core::Result<core::ProbeOutcome> ProbeDesk::look(const std::string& plugin, const core::ConfigNode& options,
                                                 core::Duration patience) {
  auto found = plugins_.find(plugin);
  if (!found) return found.error();
  if (!can_probe(*found)) return make_error(ErrorCode::kInvalid, "this plugin cannot look for devices", plugin);
  auto values = options_of(*found, options);
  if (!values) return values.error();
  Collector collector;
  const auto end =
      host::probe({host_program_, std::move(*found), std::move(*values), patience, interrupt_.get()}, collector);
  if (!end) return end.error();
  collector.outcome.complete = *end == ProbeEnd::kDone;
  return std::move(collector.outcome);
}

}  // namespace telltale::host
