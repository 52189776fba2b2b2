#include "daemon/hostproc/run_probe.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <telltale/cpp/text.hpp>

#include "daemon/core/clock.h"
#include "daemon/core/fd.h"
#include "daemon/core/mutex.h"
#include "daemon/host/child_contract.h"
#include "daemon/host/confine.h"
#include "daemon/host/loader.h"
#include "daemon/host/probe_message.h"
#include "daemon/host/rate_limit.h"

namespace telltale::hostproc {

namespace {

constexpr std::uint32_t kProgressPerSecond = 20;

// Text of a plugin, of at most `limit` bytes; nothing when it points nowhere.
std::string_view safe_view(telltale_str text, std::size_t limit) {
  if (text.data == nullptr) return {};
  return {text.data, static_cast<std::size_t>(std::min<std::uint64_t>(text.size, limit))};
}

// The channel: what is sent waits until it is taken, so that no finding is lost. send: any thread.
class Channel {
 public:
  explicit Channel(core::Fd socket) : socket_(std::move(socket)) {}

  void send(const host::ProbeMessage& message) {
    const auto frame = host::encode_probe(message);
    if (!frame) return;
    const core::MutexLock lock(mutex_);
    std::string_view rest = *frame;
    while (!rest.empty()) {
      const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next message of the asker, waiting for it; nothing when it is gone.
  std::optional<host::DaemonMessage> receive() {
    std::array<char, 4'096> bytes{};
    for (;;) {
      auto text = splitter_.next();
      if (!text) return std::nullopt;
      if (*text) {
        auto message = host::decode_daemon_message(**text);
        return message ? std::optional(std::move(*message)) : std::nullopt;
      }
      const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return std::nullopt;
      splitter_.append({bytes.data(), static_cast<std::size_t>(got)});
    }
  }
  [[nodiscard]] int socket() const { return socket_.get(); }

 private:
  core::Fd socket_;
  core::Mutex mutex_;  // one message after the other
  host::MessageSplitter splitter_;
};

// The telltale_host and telltale_report that a probe sees. Any thread may call them.
class ProbeHost {
 public:
  ProbeHost(const core::OptionValue& options, Channel& channel) : options_(options), channel_(channel) {
    host_.context = this;
    host_.options = &options_.root();
    host_.id = to_str("probe");
    host_.get_interface = [](const telltale_host*, const char*) -> const void* { return nullptr; };
    host_.declare_series = [](const telltale_host*, const telltale_series*, std::uint32_t*) {
      return TELLTALE_E_INVALID;
    };
    host_.publish = [](const telltale_host*, const telltale_reading*, std::uint32_t) { return TELLTALE_E_INVALID; };
    host_.publish_text = [](const telltale_host*, const telltale_reading*, telltale_str) { return TELLTALE_E_INVALID; };
    host_.now = [](const telltale_host*) { return core::SystemClock().boot_now().time_since_epoch().count(); };
    host_.log = &log;
    host_.health = [](const telltale_host*, std::int32_t, telltale_str) {};
    host_.count = [](const telltale_host*, telltale_str, std::uint64_t) {};
    report_.context = this;
    report_.found = &found;
    report_.progress = &progress;
  }
  ProbeHost(const ProbeHost&) = delete;
  ProbeHost& operator=(const ProbeHost&) = delete;
  ~ProbeHost() = default;

  [[nodiscard]] const telltale_host& host() const { return host_; }
  [[nodiscard]] const telltale_report& report() const { return report_; }
  // The last line of severity error or warning.
  [[nodiscard]] std::string last_error_line() const {
    const core::MutexLock lock(mutex_);
    return last_error_line_;
  }

 private:
  // Nothing that is thrown crosses the boundary; there is only the want of memory.
  static void log(const telltale_host* host, std::int32_t severity, telltale_str text) {
    auto& self = *static_cast<ProbeHost*>(host->context);
    try {
      const host::LogMessage line{severity, host::one_line(safe_view(text, host::kMaxLogBytes), host::kMaxLogBytes)};
      {
        const core::MutexLock lock(self.mutex_);
        if (severity <= TELLTALE_LOG_WARNING) self.last_error_line_ = line.text;
        if (!self.lines_.admit(core::SystemClock().boot_now())) return;
      }
      self.channel_.send(line);
    } catch (...) {
      return;
    }
  }
  static telltale_result found(const telltale_report* report, const telltale_finding* finding) {
    auto& self = *static_cast<ProbeHost*>(report->context);
    if (finding == nullptr || finding->confidence > 100) return TELLTALE_E_INVALID;
    try {
      host::FindingMessage message{
          host::one_line(safe_view(finding->title, host::kMaxTitleBytes), host::kMaxTitleBytes),
          host::clean_lines(safe_view(finding->detail, host::kMaxFindingTextBytes), host::kMaxFindingTextBytes),
          host::clean_lines(safe_view(finding->options, host::kMaxFindingTextBytes), host::kMaxFindingTextBytes),
          finding->confidence};
      if (message.title.empty()) return TELLTALE_E_INVALID;
      {
        const core::MutexLock lock(self.mutex_);
        if (self.findings_ == host::kMaxFindings) return TELLTALE_E_LIMIT;
        ++self.findings_;
      }
      self.channel_.send(message);
      return TELLTALE_OK;
    } catch (...) {
      return TELLTALE_E_LIMIT;
    }
  }
  static void progress(const telltale_report* report, std::uint32_t done, std::uint32_t total, telltale_str text) {
    auto& self = *static_cast<ProbeHost*>(report->context);
    try {
      {
        const core::MutexLock lock(self.mutex_);
        if (!self.steps_.admit(core::SystemClock().boot_now())) return;
      }
      self.channel_.send(host::ProgressMessage{
          done, total, host::one_line(safe_view(text, host::kMaxTitleBytes), host::kMaxTitleBytes)});
    } catch (...) {
      return;
    }
  }

  const core::OptionTree options_;
  Channel& channel_;
  telltale_host host_{};
  telltale_report report_{};
  mutable core::Mutex mutex_;
  host::RateLimit lines_ TELLTALE_GUARDED_BY(mutex_){host::kLinesPerSecond};
  host::RateLimit steps_ TELLTALE_GUARDED_BY(mutex_){kProgressPerSecond};
  std::size_t findings_ TELLTALE_GUARDED_BY(mutex_) = 0;
  std::string last_error_line_ TELLTALE_GUARDED_BY(mutex_);
};

host::ProbeMessage run(const host::LoadedPlugin& plugin, const ProbeHost& host, const core::Fd& stop) {
  telltale_result result = TELLTALE_E_INTERNAL;
  std::string thrown;
  try {
    result = plugin.probe()->run(&host.host(), &host.report(), stop.get());
  } catch (const std::exception& error) {
    thrown = std::string("the probe threw: ") + error.what();
  } catch (...) {
    thrown = "the probe threw something that is no std::exception";
  }
  if (!thrown.empty()) return host::FailedMessage{false, thrown};
  if (result >= TELLTALE_OK || result == TELLTALE_E_STOPPED) return host::DoneMessage{};
  std::string reason = host.last_error_line();
  if (reason.empty()) reason = "the probe answered " + std::to_string(result) + " without a reason";
  return host::FailedMessage{result == TELLTALE_E_CONFIG, std::move(reason)};
}

// Until the probe has ended; hands a stop on.
void watch(Channel& channel, const core::Fd& stop, const core::Fd& ended) {
  bool asker_listens = true;
  for (;;) {
    std::array<pollfd, 2> descriptors{pollfd{asker_listens ? channel.socket() : -1, POLLIN, 0},
                                      pollfd{ended.get(), POLLIN, 0}};
    if (::poll(descriptors.data(), descriptors.size(), -1) < 0 && errno != EINTR) return;
    if (descriptors[1].revents != 0) return;
    if (descriptors[0].revents == 0) continue;
    // The only message after the first is the stop; the end of the channel means the same.
    static_cast<void>(channel.receive());
    asker_listens = false;
    core::notify(stop);
  }
}

int probe(Channel& channel, const host::StartMessage& start) {
  const auto fail = [&](const core::Error& error) {
    channel.send(host::FailedMessage{false, host::one_line(error.text(), host::kMaxReasonBytes)});
    return 1;
  };
  if (auto confined = host::confine(start.confinement, start.plugin_file, false); !confined) {
    return fail(confined.error());
  }
  const auto plugin = host::LoadedPlugin::load(start.plugin_file);
  if (!plugin) return fail(plugin.error());
  const auto stop = core::make_eventfd();
  const auto ended = core::make_eventfd();
  if (!stop || !ended) return fail(stop ? ended.error() : stop.error());
  if (plugin->probe() == nullptr) {
    return fail(core::make_error(core::ErrorCode::kInvalid, "it does not offer " TELLTALE_PROBE_1));
  }
  const ProbeHost host(start.options, channel);
  host::ProbeMessage end;
  std::thread thread([&] {
    core::name_thread("probe");
    end = run(*plugin, host, *stop);
    core::notify(*ended);
  });
  watch(channel, *stop, *ended);
  thread.join();
  channel.send(end);
  return std::holds_alternative<host::DoneMessage>(end) ? 0 : 1;
}

}  // namespace

int run_probe(int asker) {
  if (!host::die_with(asker)) return 1;
  ::signal(SIGPIPE, SIG_IGN);
  Channel channel{core::Fd(host::kControlDescriptor)};
  ::fcntl(channel.socket(), F_SETFD, FD_CLOEXEC);
  const auto message = channel.receive();
  const auto* start = message ? std::get_if<host::StartMessage>(&*message) : nullptr;
  return start != nullptr ? probe(channel, *start) : 1;
}

}  // namespace telltale::hostproc
