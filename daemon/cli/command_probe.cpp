// telltale probe: a plugin looks for devices, in a process of its own, without a daemon.
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/cli/catalog.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/option_text.h"
#include "daemon/cli/probe_options.h"
#include "daemon/core/fd.h"
#include "daemon/core/units.h"
#include "daemon/host/host_paths.h"
#include "daemon/host/probe_process.h"

namespace telltale::cli {

namespace {

// Ctrl-C ends the search, and what was found stays on the screen. The signals stay blocked: the tool is about to end.
core::Fd watch_for_interrupts() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return core::Fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Each line of `text` after `indent`.
void print_lines(const Output& output, std::string_view text, std::string_view indent) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    output.line(line.empty() ? std::string() : fmt::format("{}{}", indent, line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

class Findings final : public host::ProbeObserver {
 public:
  Findings(std::string plugin, bool json, const Output& output)
      : plugin_(std::move(plugin)),
        json_(json),
        output_(output),
        shows_progress_(!json && ::isatty(STDERR_FILENO) != 0) {}

  void on_finding(const host::FindingMessage& finding) override {
    ++count_;
    list_.emplace_back(boost::json::object{{"title", finding.title},
                                           {"detail", finding.detail},
                                           {"options", finding.options},
                                           {"confidence", finding.confidence}});
    if (json_) return;
    clear();
    output_.line(fmt::format("{:>3} %  {}", finding.confidence, finding.title));
    if (!finding.detail.empty()) output_.raw("\n");
    print_lines(output_, finding.detail, "       ");
    output_.raw("\n");
    if (!finding.options.empty()) {
      output_.line("  - id: " + plugin_ + (count_ > 1 ? std::to_string(count_) : ""));
      output_.line("    plugin: " + plugin_);
      output_.line("    options:");
      print_lines(output_, finding.options, "      ");
      output_.raw("\n");
    }
    output_.flush();
  }
  void on_progress(const host::ProgressMessage& progress) override {
    if (!shows_progress_) return;
    clear();
    fmt::print(stderr, "{} of {}: {} …", progress.done, progress.total, progress.text);
    std::fflush(stderr);
  }
  void on_log(const host::LogMessage& line) override {
    if (line.severity > TELLTALE_LOG_NOTICE) return;
    clear();
    output_.note(line.text);
  }
  void finish(host::ProbeEnd end) {
    clear();
    if (json_) output_.raw(boost::json::serialize(list_) + '\n');
    if (end == host::ProbeEnd::kTimeIsUp) output_.note("its time was up: not all was tried (--deadline)");
    if (end == host::ProbeEnd::kInterrupted) output_.note("interrupted: not all was tried");
    if (json_) return;
    output_.note(count_ == 0 ? "nothing was found"
                             : fmt::format("{} found; what fits is pasted below `inputs:`", count_));
  }
  void give_up() {
    clear();
    if (json_) output_.raw(boost::json::serialize(list_) + '\n');
  }

 private:
  void clear() const {
    if (shows_progress_) fmt::print(stderr, "\r\x1b[K");
  }

  std::string plugin_;
  bool json_;
  const Output& output_;
  bool shows_progress_;
  std::size_t count_ = 0;
  boost::json::array list_;
};

core::Result<core::PluginDescription> plugin_that_probes(const Arguments& arguments, host::PluginFinder& catalog) {
  auto plugin = catalog.find(arguments.name);
  if (!plugin || host::can_probe(*plugin)) return plugin;
  std::string able;
  for (const core::PluginDescription& each : catalog.all()) {
    if (host::can_probe(each)) able += (able.empty() ? "" : ", ") + each.name;
  }
  return core::make_error(core::ErrorCode::kInvalid,
                          "this plugin cannot look for devices" + (able.empty() ? "" : "; these can: " + able),
                          arguments.name);
}

}  // namespace

Outcome run_probe(const Arguments& arguments, const Output& output) {
  const auto deadline = core::parse_duration(arguments.deadline);
  if (!deadline) return deadline.error().in("--deadline");
  const auto catalog = open_catalog(arguments);
  if (!catalog) return catalog.error();
  auto plugin = plugin_that_probes(arguments, **catalog);
  if (!plugin) return plugin.error();
  auto options = probe_options(plugin->probe_options, arguments.words);
  if (!options) {
    output.note("telltale probe " + arguments.name + " takes:");
    const Output errors(stderr, ::isatty(STDERR_FILENO) != 0);
    option_table(plugin->probe_options).print(errors);
    return options.error();
  }
  auto program = host::find_plugin_host();
  if (!program) return program.error();
  const core::Fd interrupts = watch_for_interrupts();
  Findings findings(plugin->name, arguments.json, output);
  const auto end =
      host::probe({*program, std::move(*plugin), std::move(*options), *deadline, interrupts.get()}, findings);
  if (!end) {
    findings.give_up();
    return end.error();
  }
  findings.finish(*end);
  return kExitDone;
}

}  // namespace telltale::cli
