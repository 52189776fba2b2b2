#include "daemon/host/probe_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <telltale/ext/probe.h>

#include "daemon/host/child_contract.h"
#include "daemon/host/child_process.h"
#include "daemon/host/confinement.h"

namespace telltale::host {

namespace {

using core::ErrorCode;
using core::make_error;
using Steady = std::chrono::steady_clock;

// The probe's needs are the plugin's; the paths that it may open are those that its own options name.
Confinement confinement_of_a_probe(const ProbeRequest& request) {
  core::PluginDescription plugin = request.plugin;
  plugin.options = request.plugin.probe_options;
  core::InputConfig config;
  config.options = request.options;
  return confinement_of(config, plugin);
}

int milliseconds_until(Steady::time_point when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - Steady::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

class Probing {
 public:
  Probing(const ProbeRequest& request, ProbeObserver& observer)
      : request_(request), observer_(observer), deadline_(Steady::now() + request.time) {}

  core::Result<void> start() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      return core::errno_error(errno, "socketpair");
    }
    channel_.reset(ends[0]);
    const core::Fd theirs(ends[1]);
    const core::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing.valid()) return core::errno_error(errno, "open", "/dev/null");
    auto hello = encode(
        DaemonMessage(StartMessage{"probe", request_.plugin.file, request_.options, confinement_of_a_probe(request_)}));
    if (!hello) return hello.error();
    // What it prints goes nowhere: a probe speaks through its report.
    auto child = ChildProcess::spawn({request_.host_program,
                                      {kProbeFlag, std::to_string(::getpid())},
                                      private_environment(),
                                      {{nothing.get(), STDIN_FILENO},
                                       {nothing.get(), STDOUT_FILENO},
                                       {nothing.get(), STDERR_FILENO},
                                       {theirs.get(), kControlDescriptor}}});
    if (!child) return child.error();
    child_ = std::move(*child);
    return send(*hello);
  }

  core::Result<ProbeEnd> run() {
    while (!ended_) {
      const bool watches_interrupt = request_.interrupt >= 0 && end_ == ProbeEnd::kDone;
      std::array<pollfd, 2> descriptors{pollfd{channel_.get(), POLLIN, 0},
                                        pollfd{watches_interrupt ? request_.interrupt : -1, POLLIN, 0}};
      if (::poll(descriptors.data(), descriptors.size(), milliseconds_until(deadline_)) < 0 && errno != EINTR) {
        return core::errno_error(errno, "poll");
      }
      if (descriptors[0].revents != 0) take_messages();
      if (descriptors[1].revents != 0) stop(ProbeEnd::kInterrupted);
      if (Steady::now() < deadline_) continue;
      if (end_ != ProbeEnd::kDone) {
        killed_ = true;
        break;
      }
      stop(ProbeEnd::kTimeIsUp);
    }
    return conclude();
  }

 private:
  core::Result<void> send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(channel_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return core::errno_error(errno, "send", "to the process of the probe");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
  }
  // It has the grace from here on.
  void stop(ProbeEnd why) {
    end_ = why;
    deadline_ = Steady::now() + request_.grace;
    if (const auto message = encode(DaemonMessage(StopMessage{}))) static_cast<void>(send(*message));
  }
  void take_messages() {
    std::array<char, 16'384> bytes{};
    const auto got = ::recv(channel_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      ended_ = true;
      return;
    }
    splitter_.append({bytes.data(), static_cast<std::size_t>(got)});
    for (;;) {
      auto text = splitter_.next();
      if (text && !*text) return;
      auto message = text ? decode_probe(**text) : core::Result<ProbeMessage>(text.error());
      if (!message) {
        nonsense_ = ended_ = killed_ = true;
        return;
      }
      std::visit([this](const auto& said) { take(said); }, *message);
    }
  }
  void take(const FindingMessage& finding) {
    if (findings_++ < kMaxFindings) observer_.on_finding(finding);
  }
  void take(const ProgressMessage& progress) { observer_.on_progress(progress); }
  void take(const LogMessage& line) { observer_.on_log(line); }
  void take(const FailedMessage& failed) { failed_ = failed; }
  void take(const DoneMessage& /*done*/) { done_ = true; }

  core::Result<ProbeEnd> conclude() {
    // Its channel has ended: its process is about to, or is made to.
    pollfd process{child_.pidfd(), POLLIN, 0};
    if (!killed_ && ::poll(&process, 1, static_cast<int>(request_.grace.count())) <= 0) killed_ = true;
    if (killed_) child_.kill();
    const ExitCause cause = child_.wait();
    const std::string& name = request_.plugin.name;
    if (nonsense_) return make_error(ErrorCode::kInternal, "its process sent what is no message", name);
    if (killed_) return make_error(ErrorCode::kInternal, "the probe did not end when it was asked to: killed", name);
    if (failed_) {
      return make_error(failed_->by_configuration ? ErrorCode::kInvalid : ErrorCode::kIo, failed_->reason, name);
    }
    if (!done_) return make_error(ErrorCode::kInternal, "the probe's process was lost: " + cause.text(), name);
    return end_;
  }

  const ProbeRequest& request_;
  ProbeObserver& observer_;
  Steady::time_point deadline_;
  ChildProcess child_;
  core::Fd channel_;
  MessageSplitter splitter_;
  std::optional<FailedMessage> failed_;
  std::size_t findings_ = 0;
  ProbeEnd end_ = ProbeEnd::kDone;
  bool ended_ = false;  // the channel
  bool done_ = false;
  bool killed_ = false;
  bool nonsense_ = false;
};

}  // namespace

bool can_probe(const core::PluginDescription& plugin) { return plugin.offers(TELLTALE_PROBE_1); }

core::Result<ProbeEnd> probe(const ProbeRequest& request, ProbeObserver& observer) {
  if (!can_probe(request.plugin)) {
    return make_error(ErrorCode::kInvalid, "this plugin cannot look for devices: it does not offer " TELLTALE_PROBE_1,
                      request.plugin.name);
  }
  Probing probing(request, observer);
  if (auto started = probing.start(); !started) return started.error();
  return probing.run();
}

}  // namespace telltale::host
