#include "daemon/hostproc/run_instance.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/core/clock.h"
#include "daemon/core/fd.h"
#include "daemon/host/child_contract.h"
#include "daemon/host/confine.h"
#include "daemon/host/instance_runner.h"
#include "daemon/host/loader.h"
#include "daemon/host/report_area.h"
#include "daemon/host/request_thread.h"
#include "daemon/host/ring_mapping.h"
#include "daemon/hostproc/control_outbox.h"
#include "daemon/hostproc/crash_handler.h"
#include "daemon/hostproc/open_watch.h"

namespace telltale::hostproc {

namespace {

constexpr int kHeartbeatMs = 5'000;
constexpr int kLastWordsMs = 200;

// The channel's two directions, as the control thread sees them.
class Control {
 public:
  explicit Control(core::Fd socket) : socket_(std::move(socket)), outbox_(socket_.get()) {}

  // The next message of the daemon, waiting for it; nothing when the daemon is gone or talks nonsense.
  std::optional<host::DaemonMessage> receive() {
    for (;;) {
      if (auto message = next()) return message;
      if (!read_some(0)) return std::nullopt;
    }
  }
  // Takes what is there. False: the daemon is gone.
  bool read_some(int flags = MSG_DONTWAIT) {
    std::array<char, 4096> bytes{};
    const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), flags);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    splitter_.append({bytes.data(), static_cast<std::size_t>(got)});
    return got > 0;
  }
  // A message that has been read, if one is whole.
  std::optional<host::DaemonMessage> next() {
    auto text = splitter_.next();
    if (!text || !*text) return std::nullopt;
    auto message = host::decode_daemon_message(**text);
    if (!message) return std::nullopt;
    return std::move(*message);
  }
  // A message with a descriptor, which may be none; before anything else is sent.
  core::Result<void> send_first(const host::ChildMessage& message, const core::Fd& descriptor);
  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] ControlOutbox& outbox() { return outbox_; }

 private:
  core::Fd socket_;
  ControlOutbox outbox_;
  host::MessageSplitter splitter_;
};

core::Result<void> Control::send_first(const host::ChildMessage& message, const core::Fd& descriptor) {
  auto frame = host::encode(message);
  if (!frame) return frame.error();
  iovec bytes{frame->data(), frame->size()};
  msghdr header{};
  header.msg_iov = &bytes;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> ancillary{};
  if (descriptor.valid()) {
    header.msg_control = ancillary.data();
    header.msg_controllen = ancillary.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = descriptor.get();
    std::memcpy(CMSG_DATA(rights), &number, sizeof number);
  }
  // The socket is empty, and takes a short message whole.
  if (::sendmsg(socket_.get(), &header, MSG_NOSIGNAL) != static_cast<ssize_t>(frame->size())) {
    return core::errno_error(errno, "sendmsg", "the control channel");
  }
  return {};
}

class ControlListener final : public host::InstanceListener {
 public:
  ControlListener(ControlOutbox& outbox, const core::Fd& changed) : outbox_(outbox), changed_(changed) {}
  void on_ready(core::Duration interval) override { outbox_.send(host::ReadyMessage{interval.count()}); }
  void on_log(const host::LogMessage& line) override { outbox_.send(line); }
  void on_change() override { core::notify(changed_); }

 private:
  ControlOutbox& outbox_;
  const core::Fd& changed_;
};

int fail(Control& control, bool by_configuration, std::string reason) {
  control.outbox().send(host::FailedMessage{by_configuration, std::move(reason)});
  control.outbox().flush_for(kLastWordsMs);
  return 1;
}

void send_changes(Control& control, host::InstanceHost& instance) {
  auto changes = instance.take_changes();
  if (changes.health) control.outbox().send(std::move(*changes.health));
  if (changes.counters) control.outbox().send(std::move(*changes.counters));
  if (changes.refused) control.outbox().send(std::move(*changes.refused));
}

// There is nothing left to talk through: the daemon sees how it ends, and the last line in its output.
[[noreturn]] void die_without_descriptors() {
  std::cerr << "the plugin closed descriptors that are not its own" << std::endl;
  ::_exit(1);
}

// Until the instance has ended.
void serve(Control& control, host::InstanceHost& instance, host::InstanceRunner& runner, host::RequestThread& requests,
           const core::Fd& changed, const core::Fd& ended) {
  bool daemon_there = true;
  for (;;) {
    instance.ring().beat(instance.clock().boot_now());
    const short wanted = control.outbox().pending() ? POLLIN | POLLOUT : POLLIN;
    std::array<pollfd, 3> descriptors{pollfd{daemon_there ? control.socket() : -1, wanted, 0},
                                      pollfd{changed.get(), POLLIN, 0}, pollfd{ended.get(), POLLIN, 0}};
    if (::poll(descriptors.data(), descriptors.size(), kHeartbeatMs) < 0 && errno != EINTR) return;
    if (std::any_of(descriptors.begin(), descriptors.end(),
                    [](const pollfd& each) { return (each.revents & POLLNVAL) != 0; })) {
      return die_without_descriptors();
    }
    core::clear(changed);
    send_changes(control, instance);
    control.outbox().flush();
    if (descriptors[2].revents != 0) return;
    if ((descriptors[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    daemon_there = control.read_some();
    if (!daemon_there) runner.request_stop();
    while (auto message = control.next()) {
      if (std::holds_alternative<host::StopMessage>(*message)) runner.request_stop();
      if (auto* request = std::get_if<host::RequestMessage>(&*message)) requests.put(std::move(*request));
    }
  }
}

core::Result<host::RingWriter> take_ring() {
  const core::Fd file(host::kRingDescriptor);
  core::Fd wake(host::kWakeDescriptor);
  ::fcntl(wake.get(), F_SETFD, FD_CLOEXEC);
  auto ring = host::RingMapping::map(file, "the inherited ring");
  if (!ring) return ring.error();
  return host::RingWriter(std::move(*ring), std::move(wake));
}

core::Result<std::shared_ptr<host::ReportArea>> take_report() {
  auto area = host::ReportArea::map(core::Fd(host::kReportDescriptor));
  if (area) (*area)->close_file();
  return area;
}

// Gives up what the plugin shall not have, and tells the daemon, which answers the filter from here on. The plugin
// never sees the listener: it could answer itself.
core::Result<void> confine_for(const host::StartMessage& start, Control& control) {
  auto confined = host::confine(start.confinement, start.plugin_file, true);
  if (!confined) return confined.error();
  const host::ConfinedMessage said{confined->landlock, confined->calls, confined->refusals.valid()};
  if (auto sent = control.send_first(said, confined->refusals); !sent) return sent.error();
  return {};
}

int run_plugin(Control& control, const host::StartMessage& start, host::RingWriter ring, host::InstanceReport& report) {
  const auto plugin = host::LoadedPlugin::load(start.plugin_file);
  if (!plugin) return fail(control, false, plugin.error().text());
  const auto changed = core::make_eventfd();
  const auto ended = core::make_eventfd();
  if (!changed || !ended) return fail(control, false, "no descriptor is left");
  const core::SystemClock clock;
  ControlListener listener(control.outbox(), *changed);
  host::InstanceHost instance(start.id, start.options, std::move(ring), listener, clock);
  auto runner = host::InstanceRunner::make(*plugin, instance, &report.timing);
  if (!runner) return fail(control, false, runner.error().text());
  host::RunResult result;
  std::thread thread([&] {
    core::name_thread("instance");
    use_signal_stack();
    report.instance_thread.store(::gettid(), std::memory_order_release);
    result = runner->run();
    core::notify(*ended);
  });
  host::RequestThread requests([&](const host::RequestMessage& request) {
    control.outbox().send(runner->answer(request));
    core::notify(*changed);  // what the socket did not take at once
  });
  serve(control, instance, *runner, requests, *changed, *ended);
  thread.join();
  send_changes(control, instance);
  if (!result.stopped) return fail(control, result.by_configuration, result.reason);
  control.outbox().flush_for(kLastWordsMs);
  return 0;
}

int run(Control& control, const host::StartMessage& start) {
  auto ring = take_ring();
  if (!ring) return fail(control, false, ring.error().text());
  auto area = take_report();
  if (!area) return fail(control, false, area.error().text());
  host::InstanceReport& report = (*area)->report();
  install_crash_handler(report);
  if (auto confined = confine_for(start, control); !confined) return fail(control, false, confined.error().text());
  watch_opens(report.paths);
  return run_plugin(control, start, std::move(*ring), report);
}

}  // namespace

int run_instance(int daemon_pid) {
  if (auto bound = host::die_with(daemon_pid); !bound) {
    std::cerr << bound.error().text() << '\n';
    return 1;
  }
  ::signal(SIGPIPE, SIG_IGN);
  Control control{core::Fd(host::kControlDescriptor)};
  ::fcntl(control.socket(), F_SETFD, FD_CLOEXEC);
  ::fcntl(host::kRingDescriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(host::kReportDescriptor, F_SETFD, FD_CLOEXEC);
  const auto message = control.receive();
  const auto* start = message ? std::get_if<host::StartMessage>(&*message) : nullptr;
  if (start == nullptr) return fail(control, false, "the daemon did not say what to run");
  return run(control, *start);
}

}  // namespace telltale::hostproc
