// An instance in a telltale-plugin-host process: its control channel, its output, its end.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>
#include <variant>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/host/child_channel.h"
#include "daemon/host/child_contract.h"
#include "daemon/host/child_process.h"
#include "daemon/host/confinement_policy.h"
#include "daemon/host/line_reader.h"
#include "daemon/host/running_instance.h"

namespace telltale::host {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What a child may say in a tick; then its channel waits, and its own outbox leaves lines out.
constexpr int kMessagesPerTick = 100;
constexpr auto kTick = std::chrono::milliseconds(250);
// Between the end of the channel and that of the process.
constexpr auto kLastBreath = std::chrono::seconds(1);
// Read after its death at most, so that a grandchild that goes on writing does not hold us.
constexpr std::size_t kMaxLastBytes = std::size_t{2} << 20U;

struct Channels {
  core::Fd control;        // ours
  core::Fd child_control;  // the child's
  core::Fd output;
  core::Fd child_output;
  core::Fd nothing;
  core::Fd ring;
};

core::Result<Channels> open_channels(const std::string& ring_path) {
  Channels channels;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return core::errno_error(errno, "socketpair");
  }
  channels.control.reset(ends[0]);
  channels.child_control.reset(ends[1]);
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return core::errno_error(errno, "pipe");
  channels.output.reset(ends[0]);
  channels.child_output.reset(ends[1]);
  channels.nothing.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!channels.nothing.valid()) return core::errno_error(errno, "open", "/dev/null");
  channels.ring.reset(::open(ring_path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!channels.ring.valid()) return core::errno_error(errno, "open", ring_path);
  return channels;
}

class IsolatedInstance final : public RunningInstance, public std::enable_shared_from_this<IsolatedInstance> {
 public:
  IsolatedInstance(asio::io_context& context, const core::Clock& clock, InstanceObserver& observer)
      : context_(context),
        clock_(clock),
        observer_(&observer),
        control_(context),
        output_(context),
        process_end_(context),
        pause_(context) {}

  core::Result<void> start(const InstanceSetup& setup) {
    confinement_ = setup.confinement;
    report_ = setup.report;
    auto hello =
        encode(DaemonMessage(StartMessage{setup.config.id, setup.plugin_file, setup.config.options, confinement_}));
    if (!hello) return hello.error();
    auto channels = open_channels(setup.ring->path());
    if (!channels) return channels.error();
    SpawnRequest request{setup.host_program, {kRunFlag, std::to_string(::getpid())}, private_environment(), {}};
    request.environment.push_back("TELLTALE_INPUT=" + setup.config.id);
    request.descriptors = {
        {channels->nothing.get(), STDIN_FILENO},       {channels->child_output.get(), STDOUT_FILENO},
        {channels->child_output.get(), STDERR_FILENO}, {channels->child_control.get(), kControlDescriptor},
        {channels->ring.get(), kRingDescriptor},       {setup.wake.get(), kWakeDescriptor},
        {report_->file().get(), kReportDescriptor}};
    auto child = ChildProcess::spawn(request);
    if (!child) return child.error();
    child_ = std::move(*child);
    report_->close_file();
    if (auto watched = watch(*channels); !watched) return watched.error();
    write(std::move(*hello));
    read_control();
    read_output();
    process_end_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failed) {
      if (!failed) self->ended();
    });
    return {};
  }

  void request_stop() override {
    stop_asked_ = true;
    if (auto stop = encode(DaemonMessage(StopMessage{}))) write(std::move(*stop));
  }
  void request(RequestMessage message) override {
    auto frame = encode(DaemonMessage(message));
    if (frame) return write(std::move(*frame));
    asio::post(context_, [self = shared_from_this(), number = message.number, why = frame.error().message] {
      if (self->observer_ != nullptr) self->observer_->on_answer({number, TELLTALE_E_INVALID, why});
    });
  }
  void end(const std::string& why) override {
    if (ended_by_us_.empty()) ended_by_us_ = why;
    child_.kill();
  }
  void ask_where_it_is() override {
    // Only a thread of that process can be meant, whatever the number is.
    const int thread = report_->report().instance_thread.load(std::memory_order_acquire);
    if (child_.running() && thread > 0) ::syscall(SYS_tgkill, child_.pid(), thread, SIGABRT);
  }
  void forget_observer() override {
    observer_ = nullptr;
    close();
    child_ = ChildProcess();
  }
  [[nodiscard]] int pid() const override { return child_.pid(); }

 private:
  core::Result<void> watch(Channels& channels) {
    // The pidfd belongs to child_; asio watches a duplicate.
    core::Fd pidfd(::fcntl(child_.pidfd(), F_DUPFD_CLOEXEC, 0));
    error_code failed;
    control_.assign(asio::local::stream_protocol(), channels.control.get(), failed);
    if (!failed) static_cast<void>(channels.control.release());
    if (!failed) output_.assign(channels.output.get(), failed);
    if (!failed) static_cast<void>(channels.output.release());
    if (!failed) process_end_.assign(pidfd.get(), failed);
    if (!failed) static_cast<void>(pidfd.release());
    if (failed) return core::make_error(core::ErrorCode::kIo, "watch the process: " + failed.message());
    return {};
  }

  // Bounded: one start, one stop, and the requests that the slot lets wait.
  void write(std::string bytes) {
    auto kept = std::make_shared<std::string>(std::move(bytes));
    writes_.push_back(std::move(kept));
    if (writes_.size() == 1) write_next();
  }
  void write_next() {
    asio::async_write(control_, asio::buffer(*writes_.front()),
                      [self = shared_from_this()](error_code failed, std::size_t /*bytes*/) {
                        self->writes_.erase(self->writes_.begin());
                        if (!failed && !self->writes_.empty()) self->write_next();
                      });
  }

  void read_control() {
    control_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](error_code failed) {
      if (failed || self->observer_ == nullptr) return;
      const auto bytes = self->channel_.receive(self->control_.native_handle());
      if (!bytes) return self->channel_ended();
      self->splitter_.append(*bytes);
      self->take_messages();
    });
  }
  // Its process is about to end; or else it cannot be talked to any more.
  void channel_ended() {
    pause_.expires_after(kLastBreath);
    pause_.async_wait([self = shared_from_this()](error_code failed) {
      if (!failed && self->observer_ != nullptr) self->end("its process closed the channel to the daemon");
    });
  }
  // Goes on reading afterwards: at once, or after a pause when the child says too much.
  void take_messages() {
    for (int taken = 0; taken < kMessagesPerTick; ++taken) {
      if (!take_message()) return read_control();
    }
    pause_.expires_after(kTick);
    pause_.async_wait([self = shared_from_this()](error_code failed) {
      if (!failed && self->observer_ != nullptr) self->take_messages();
    });
  }
  // False: there is none that is whole, or none that makes sense.
  bool take_message() {
    auto text = splitter_.next();
    if (text && !*text) return false;
    auto message = text ? decode_child_message(**text) : core::Result<ChildMessage>(text.error());
    if (!message) {
      end("its process sent what is no message: " + message.error().message);
      return false;
    }
    std::visit([this](const auto& said) { deliver(said); }, *message);
    return observer_ != nullptr;
  }
  void deliver(const ConfinedMessage& confined) {
    core::Fd listener = channel_.take_descriptor();
    if (listener.valid()) {
      refusals_ = RefusalListener::listen(
          context_, std::move(listener), call_rules(policy_of(confinement_, confined.landlock > 0, child_.pid(), true)),
          child_.pid(), confinement_.limits.processes, [weak = weak_from_this()](const Refusal& refusal) {
            const auto self = weak.lock();
            if (self != nullptr && self->observer_ != nullptr) self->observer_->on_refusal(refusal);
          });
    }
    observer_->on_confined(confined);
  }
  void deliver(const ReadyMessage& ready) { observer_->on_ready(core::Duration(ready.interval)); }
  void deliver(const LogMessage& line) {
    if (line.severity <= TELLTALE_LOG_WARNING) last_error_line_ = line.text;
    observer_->on_log(line);
  }
  void deliver(const HealthMessage& health) { observer_->on_health(health); }
  void deliver(const CountersMessage& counters) { observer_->on_counters(counters); }
  void deliver(const RefusedMessage& refused) { observer_->on_refused(refused); }
  void deliver(const AnswerMessage& answer) { observer_->on_answer(answer); }
  void deliver(const FailedMessage& failed) { failed_ = failed; }

  void read_output() {
    output_.async_read_some(asio::buffer(output_bytes_), [self = shared_from_this()](error_code failed, std::size_t n) {
      if (failed || self->observer_ == nullptr) return;
      self->take_output(n);
      self->read_output();
    });
  }
  void take_output(std::size_t bytes) {
    lines_.append({output_bytes_.data(), bytes}, clock_.boot_now(), [this](const auto& line) { printed(line); });
  }
  void printed(const std::string& line) { observer_->on_log({TELLTALE_LOG_NOTICE, "printed: " + line}); }

  void ended() {
    const auto self = shared_from_this();
    if (observer_ == nullptr) return;
    const ExitCause cause = child_.wait();
    take_last_words();
    close();
    InstanceObserver* observer = std::exchange(observer_, nullptr);
    if (observer != nullptr) observer->on_end(end_of(cause));
  }
  void take_last_words() {
    for (std::size_t total = 0; total < kMaxLastBytes;) {
      const auto bytes = channel_.receive(control_.native_handle());
      if (!bytes || bytes->empty()) break;
      splitter_.append(*bytes);
      total += bytes->size();
    }
    while (take_message()) continue;
    ::fcntl(output_.native_handle(), F_SETFL, O_NONBLOCK);
    for (std::size_t total = 0; total < kMaxLastBytes;) {
      const auto n = ::read(output_.native_handle(), output_bytes_.data(), output_bytes_.size());
      if (n <= 0) break;
      take_output(static_cast<std::size_t>(n));
      total += static_cast<std::size_t>(n);
    }
    lines_.finish(clock_.boot_now(), [this](const auto& line) { printed(line); });
  }
  [[nodiscard]] InstanceEnd end_of(const ExitCause& cause) const {
    const int signal = cause.signalled ? cause.number : 0;
    if (!ended_by_us_.empty()) return {stop_asked_, false, ended_by_us_, ended_by_us_, signal};
    const bool in_order = !cause.signalled && cause.number == 0;
    if (stop_asked_ && in_order) return {true, false, {}, {}, 0};
    if (!failed_.reason.empty() && !cause.signalled) {
      return {stop_asked_, failed_.by_configuration, failed_.reason, failed_.reason, 0};
    }
    std::string why = cause.text();
    if (in_order) why += " without being asked to stop";
    std::string reason = why;
    const std::string& last = !lines_.last().empty() ? lines_.last() : last_error_line_;
    if (!last.empty()) reason += "; its last line: " + last;
    return {stop_asked_, false, one_line(reason, kMaxReasonBytes), std::move(why), signal};
  }
  void close() {
    if (refusals_ != nullptr) refusals_->close();
    error_code ignored;
    control_.close(ignored);
    output_.close(ignored);
    process_end_.close(ignored);
    pause_.cancel();
  }

  asio::io_context& context_;
  const core::Clock& clock_;
  InstanceObserver* observer_;
  ChildProcess child_;
  asio::local::stream_protocol::socket control_;
  asio::posix::stream_descriptor output_;
  asio::posix::stream_descriptor process_end_;
  asio::steady_timer pause_;
  ChildChannel channel_;
  Confinement confinement_;
  std::shared_ptr<ReportArea> report_;
  std::shared_ptr<RefusalListener> refusals_;  // once its filter is in force
  std::array<char, 2'048> output_bytes_{};
  std::vector<std::shared_ptr<std::string>> writes_;
  MessageSplitter splitter_;
  LineReader lines_;
  std::string last_error_line_;
  FailedMessage failed_;
  std::string ended_by_us_;
  bool stop_asked_ = false;
};

}  // namespace

core::Result<std::shared_ptr<RunningInstance>> start_isolated(asio::io_context& context, const InstanceSetup& setup,
                                                              const core::Clock& clock, InstanceObserver& observer) {
  auto instance = std::make_shared<IsolatedInstance>(context, clock, observer);
  if (auto started = instance->start(setup); !started) return started.error();
  return std::shared_ptr<RunningInstance>(std::move(instance));
}

}  // namespace telltale::host
