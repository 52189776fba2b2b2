// An instance on a thread of the daemon (`isolation: none`): the same runner, the same ring, no containment.
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <poll.h>

#include "daemon/core/mutex.h"
#include "daemon/host/instance_runner.h"
#include "daemon/host/loader.h"
#include "daemon/host/request_thread.h"
#include "daemon/host/running_instance.h"

namespace telltale::host {

namespace {

namespace asio = boost::asio;

// How long the supervisor's end waits for a plugin that was asked to stop.
constexpr int kPatienceMs = 2'000;

// The way from the instance's thread to the supervisor's, which the supervisor can close: a thread that does not end
// may outlive the io_context.
class Hop {
 public:
  explicit Hop(asio::io_context& context) : context_(&context) {}
  template <class Work>
  void post(Work&& work) {
    const core::MutexLock lock(mutex_);
    if (context_ != nullptr) asio::post(*context_, std::forward<Work>(work));
  }
  void close() {
    const core::MutexLock lock(mutex_);
    context_ = nullptr;
  }

 private:
  core::Mutex mutex_;
  asio::io_context* context_ TELLTALE_GUARDED_BY(mutex_);
};

class LocalInstance final : public RunningInstance, public std::enable_shared_from_this<LocalInstance> {
 public:
  LocalInstance(asio::io_context& context, InstanceObserver& observer, LoadedPlugin plugin)
      : observer_(&observer), hop_(context), plugin_(std::move(plugin)), listener_(*this) {}
  LocalInstance(const LocalInstance&) = delete;
  LocalInstance& operator=(const LocalInstance&) = delete;
  // The last owner may be the instance's own thread, which was let go.
  ~LocalInstance() override {
    if (thread_.joinable()) thread_.detach();
  }

  core::Result<void> start(InstanceSetup setup, const core::Clock& clock) {
    host_.emplace(setup.config.id, setup.config.options, RingWriter(std::move(setup.ring), std::move(setup.wake)),
                  listener_, clock);
    report_ = std::move(setup.report);
    auto done = core::make_eventfd();
    if (!done) return done.error();
    thread_done_ = std::move(*done);
    auto runner = InstanceRunner::make(plugin_, *host_, &report_->report().timing);
    if (!runner) return runner.error();
    runner_.emplace(std::move(*runner));
    thread_ = std::thread([self = shared_from_this()] {
      core::name_thread(std::string(self->host_->c_host().id.data).substr(0, 15).c_str());
      RunResult result = self->runner_->run();
      core::notify(self->thread_done_);
      self->hop_.post([self, result = std::move(result)] { self->ended(result); });
    });
    return {};
  }

  void request_stop() override { runner_->request_stop(); }
  void request(RequestMessage message) override {
    if (!requests_) {
      // It holds on to us while it answers, and no longer.
      requests_.emplace([weak = weak_from_this()](const RequestMessage& asked) {
        if (const auto self = weak.lock()) self->answer(asked);
      });
    }
    requests_->put(std::move(message));
  }
  void end(const std::string& why) override {
    runner_->request_stop();
    // Not from inside the caller's call.
    hop_.post([self = shared_from_this(), why] { self->let_go(why); });
  }
  void forget_observer() override {
    observer_ = nullptr;
    runner_->request_stop();
    hop_.close();
    pollfd descriptor{thread_done_.get(), POLLIN, 0};
    if (thread_.joinable() && ::poll(&descriptor, 1, kPatienceMs) > 0) thread_.join();
  }
  [[nodiscard]] int pid() const override { return 0; }

 private:
  // On the instance's thread, or any other of the plugin.
  class Listener final : public InstanceListener {
   public:
    explicit Listener(LocalInstance& instance) : instance_(instance) {}
    void on_ready(core::Duration interval) override {
      instance_.tell([interval](InstanceObserver& observer) { observer.on_ready(interval); });
    }
    void on_log(const LogMessage& line) override {
      instance_.tell([line](InstanceObserver& observer) { observer.on_log(line); });
    }
    void on_change() override {
      instance_.hop_.post([self = instance_.shared_from_this()] { self->send_changes(); });
    }

   private:
    LocalInstance& instance_;
  };

  template <class Say>
  void tell(Say&& say) {
    hop_.post([self = shared_from_this(), say = std::forward<Say>(say)] {
      if (self->observer_ != nullptr) say(*self->observer_);
    });
  }
  void send_changes() {
    if (observer_ == nullptr) return;
    const auto changes = host_->take_changes();
    if (changes.health) observer_->on_health(*changes.health);
    if (changes.counters) observer_->on_counters(*changes.counters);
    if (changes.refused) observer_->on_refused(*changes.refused);
  }
  void ended(const RunResult& result) {
    if (thread_.joinable()) thread_.join();
    send_changes();
    finish({result.stopped, result.by_configuration, result.reason, result.reason, 0});
  }
  void let_go(const std::string& why) { finish({true, false, why + "; its thread was let go", why, 0}); }
  void answer(const RequestMessage& message) {
    const AnswerMessage answer = runner_->answer(message);
    tell([answer](InstanceObserver& observer) { observer.on_answer(answer); });
  }
  void finish(const InstanceEnd& end) {
    InstanceObserver* observer = std::exchange(observer_, nullptr);
    if (observer != nullptr) observer->on_end(end);
  }

  InstanceObserver* observer_;  // of the supervisor's thread
  Hop hop_;
  LoadedPlugin plugin_;
  Listener listener_;
  std::shared_ptr<ReportArea> report_;
  std::optional<InstanceHost> host_;
  std::optional<InstanceRunner> runner_;
  core::Fd thread_done_;  // an eventfd
  std::thread thread_;
  std::optional<RequestThread> requests_;
};

}  // namespace

core::Result<std::shared_ptr<RunningInstance>> start_local(asio::io_context& context, InstanceSetup setup,
                                                           const core::Clock& clock, InstanceObserver& observer) {
  auto plugin = LoadedPlugin::load(setup.plugin_file);
  if (!plugin) return plugin.error();
  auto instance = std::make_shared<LocalInstance>(context, observer, std::move(*plugin));
  if (auto started = instance->start(std::move(setup), clock); !started) return started.error();
  return std::shared_ptr<RunningInstance>(std::move(instance));
}

}  // namespace telltale::host
