#include "daemon/host/instance_runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <optional>
#include <utility>

#include <poll.h>
#include <sys/timerfd.h>

#include <telltale/cpp/text.hpp>

#include "daemon/core/units.h"
#include "daemon/host/outgoing_codec.h"
#include "daemon/host/poll_schedule.h"

namespace telltale::host {

namespace {

// Marks that the thread is inside the plugin, for whoever looks for hangs.
class InCall {
 public:
  explicit InCall(InstanceHost& host) : host_(host) { host_.ring().enter_call(host_.clock().boot_now()); }
  InCall(const InCall&) = delete;
  InCall& operator=(const InCall&) = delete;
  ~InCall() { host_.ring().leave_call(); }

 private:
  InstanceHost& host_;
};

// Calls the plugin; nothing that it throws goes further. The reason is empty when it threw nothing.
template <class Call>
std::string call_plugin(Call&& call) {
  try {
    call();
    return {};
  } catch (const std::exception& error) {
    return std::string("it threw: ") + error.what();
  } catch (...) {
    return "it threw something that is no std::exception";
  }
}

std::string result_text(telltale_result result) {
  switch (result) {
    case TELLTALE_OK:
      return "TELLTALE_OK";
    case TELLTALE_FULL:
      return "TELLTALE_FULL";
    case TELLTALE_E_INVALID:
      return "TELLTALE_E_INVALID";
    case TELLTALE_E_CONFIG:
      return "TELLTALE_E_CONFIG";
    case TELLTALE_E_IO:
      return "TELLTALE_E_IO";
    case TELLTALE_E_LIMIT:
      return "TELLTALE_E_LIMIT";
    case TELLTALE_E_STOPPED:
      return "TELLTALE_E_STOPPED";
    case TELLTALE_E_INTERNAL:
      return "TELLTALE_E_INTERNAL";
    default:
      return std::to_string(result) + ", which is no result code";
  }
}

RunResult stopped() { return {true, false, {}}; }

}  // namespace

core::Result<InstanceRunner> InstanceRunner::make(const LoadedPlugin& plugin, InstanceHost& host, PollTiming* timing) {
  auto stop = core::make_eventfd();
  if (!stop) return stop.error();
  core::Fd timer(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!timer.valid()) return core::errno_error(errno, "timerfd_create");
  InstanceRunner runner(plugin, host, timing, std::move(*stop), std::move(timer));
  if (plugin.sink() == nullptr) return runner;
  auto work = core::make_eventfd();
  if (!work) return work.error();
  runner.work_ = std::move(*work);
  return runner;
}

RunResult InstanceRunner::failed(std::string reason) const {
  const std::string last = host_->last_error_line();
  if (!last.empty()) reason += ": " + last;
  return {false, false, one_line(reason, kMaxReasonBytes)};
}

RunResult InstanceRunner::run() {
  telltale_instance* instance = nullptr;
  telltale_result result = TELLTALE_E_INTERNAL;
  std::string thrown;
  {
    const InCall call(*host_);
    thrown = call_plugin([&] { result = plugin_->plugin().create(&host_->c_host(), &instance); });
  }
  if (!thrown.empty()) return failed("create: " + thrown);
  if (result != TELLTALE_OK || instance == nullptr) {
    RunResult refused = result == TELLTALE_OK ? failed("create answered TELLTALE_OK, but made no instance")
                                              : failed("create answered " + result_text(result));
    refused.by_configuration = result == TELLTALE_E_CONFIG;
    // The user needs the plugin's own words, not the code's name.
    const std::string last = host_->last_error_line();
    if (refused.by_configuration && !last.empty()) refused.reason = last;
    return refused;
  }
  open_gate(instance);
  RunResult ended = run_instance(instance);
  open_gate(nullptr);
  thrown = call_plugin([&] { plugin_->plugin().destroy(instance); });
  if (!thrown.empty()) return failed("destroy: " + thrown);
  return ended;
}

// Waits for a request that is being answered.
void InstanceRunner::open_gate(telltale_instance* instance) {
  const core::MutexLock lock(gate_->mutex);
  gate_->instance = instance;
}

telltale_result InstanceRunner::call(telltale_instance* instance, const RequestMessage& request) const {
  if (request.kind == RequestMessage::Kind::kWrite) {
    const telltale_output output{to_str(request.name), to_str(request.text), request.value, request.deadline};
    return plugin_->write() != nullptr ? plugin_->write()->write(instance, &output) : TELLTALE_E_INVALID;
  }
  const telltale_document document{to_str(request.text), to_str(request.name)};
  return plugin_->receive() != nullptr ? plugin_->receive()->receive(instance, &document) : TELLTALE_E_INVALID;
}

AnswerMessage InstanceRunner::answer(const RequestMessage& request) {
  if (request.kind == RequestMessage::Kind::kSend) return pass_on(request);
  AnswerMessage answer{request.number, TELLTALE_E_STOPPED, "the input does not run"};
  const core::MutexLock lock(gate_->mutex);
  telltale_instance* const instance = gate_->instance;  // stays while the lock is held
  if (instance == nullptr || stop_requested()) return answer;
  if (host_->clock().boot_now().time_since_epoch().count() >= request.deadline) {
    return {request.number, TELLTALE_E_IO, "its time was over before the plugin was asked"};
  }
  answer.reason = call_plugin([&] { answer.result = call(instance, request); });
  if (!answer.reason.empty()) answer.result = TELLTALE_E_INTERNAL;
  if (answer.result >= TELLTALE_OK || !answer.reason.empty()) return answer;
  answer.reason = host_->last_error_line();
  if (answer.reason.empty()) answer.reason = "the plugin answered " + result_text(answer.result);
  return answer;
}

AnswerMessage InstanceRunner::pass_on(const RequestMessage& request) {
  Hatch& hatch = *hatch_;
  const core::MutexLock lock(hatch.mutex);
  if (!hatch.open) return {request.number, TELLTALE_E_STOPPED, "the sink does not run"};
  hatch.asked = &request;
  hatch.answer.reset();
  core::notify(work_);
  while (!hatch.answer && hatch.open) hatch.changed.wait(hatch.mutex);
  hatch.asked = nullptr;
  return hatch.answer ? *hatch.answer : AnswerMessage{request.number, TELLTALE_E_STOPPED, "the sink ended meanwhile"};
}

RunResult InstanceRunner::send_until_stopped(telltale_instance* instance) {
  Hatch& hatch = *hatch_;
  {
    const core::MutexLock lock(hatch.mutex);
    hatch.open = true;
  }
  host_->listener().on_ready({});
  std::optional<RunResult> ended;
  while (!ended) {
    std::array<pollfd, 2> descriptors{pollfd{stop_.get(), POLLIN, 0}, pollfd{work_.get(), POLLIN, 0}};
    if (::poll(descriptors.data(), descriptors.size(), -1) < 0 && errno != EINTR) break;
    if (descriptors[0].revents != 0) break;
    if (descriptors[1].revents == 0) continue;
    core::clear(work_);
    const RequestMessage* asked = nullptr;
    {
      const core::MutexLock lock(hatch.mutex);
      asked = hatch.asked;  // stays until it is answered
    }
    if (asked == nullptr) continue;
    AnswerMessage answer{asked->number, TELLTALE_E_INTERNAL, {}};
    ended = send_once(instance, *asked, answer);
    const core::MutexLock lock(hatch.mutex);
    hatch.answer = std::move(answer);
    hatch.changed.notify_all();
  }
  const core::MutexLock lock(hatch.mutex);
  hatch.open = false;
  hatch.changed.notify_all();
  return ended ? *ended : stopped();
}

std::optional<RunResult> InstanceRunner::send_once(telltale_instance* instance, const RequestMessage& request,
                                                   AnswerMessage& answer) {
  const AbiBatch batch(*request.batch);
  const std::uint64_t said_before = host_->health_version();
  telltale_result result = TELLTALE_E_INTERNAL;
  std::string thrown;
  {
    const InCall call(*host_);
    thrown = call_plugin([&] { result = plugin_->sink()->send(instance, &batch.batch(), stop_.get()); });
  }
  answer.result = thrown.empty() ? result : TELLTALE_E_INTERNAL;
  if (!thrown.empty()) {
    answer.reason = "send: " + thrown;
    return failed(answer.reason);
  }
  const bool said = host_->health_version() != said_before;
  if (result >= TELLTALE_OK) {
    if (!said && !healthy_) host_->health(TELLTALE_HEALTH_OK, {});
    healthy_ = true;
    return std::nullopt;
  }
  answer.reason = result == TELLTALE_E_IO ? "the other side was not reached" : host_->last_error_line();
  if (answer.reason.empty()) answer.reason = "the plugin answered " + result_text(result);
  if (result == TELLTALE_E_INVALID) return std::nullopt;
  if (result == TELLTALE_E_IO) {
    if (!said && healthy_) host_->health(TELLTALE_HEALTH_FAILING, "the other side was not reached");
    healthy_ = false;
    return std::nullopt;
  }
  if (result == TELLTALE_E_STOPPED && stop_requested()) return stopped();
  return failed("send answered " + result_text(result));
}

RunResult InstanceRunner::run_instance(telltale_instance* instance) {
  if (plugin_->sink() != nullptr) return send_until_stopped(instance);
  return plugin_->poll() != nullptr ? poll_until_stopped(instance) : stream_until_stopped(instance);
}

RunResult InstanceRunner::poll_until_stopped(telltale_instance* instance) {
  std::int64_t asked = 0;
  const std::string thrown = call_plugin([&] {
    const InCall call(*host_);
    asked = plugin_->poll()->interval(instance);
  });
  if (!thrown.empty()) return failed("interval: " + thrown);
  const core::Duration interval(asked);
  if (interval < kMinInterval || interval > kMaxInterval) {
    return failed("its interval of " + std::to_string(asked) + " ns is not within 1ms .. 1d");
  }
  host_->listener().on_ready(interval);
  PollSchedule schedule(host_->clock().boot_now(), interval, phase_of(to_view(host_->c_host().id), interval));
  while (wait_until(schedule.deadline())) {
    const core::BootTime began = host_->clock().boot_now();
    if (auto ended = poll_once(instance, schedule.deadline())) return *ended;
    measure(schedule.deadline(), began);
    const std::uint64_t skipped = schedule.advance(host_->clock().boot_now());
    if (skipped == 0) continue;
    host_->count("poll.skipped", skipped);
    if (timing_ != nullptr) timing_->skipped.fetch_add(skipped, std::memory_order_relaxed);
  }
  return stopped();
}

void InstanceRunner::measure(core::BootTime deadline, core::BootTime began) {
  if (timing_ == nullptr) return;
  timing_->late.add(began - deadline);
  timing_->run.add(host_->clock().boot_now() - began);
  timing_->polls.fetch_add(1, std::memory_order_relaxed);
}

std::optional<RunResult> InstanceRunner::poll_once(telltale_instance* instance, core::BootTime deadline) {
  const std::uint64_t said_before = host_->health_version();
  telltale_result result = TELLTALE_E_INTERNAL;
  std::string thrown;
  {
    const InCall call(*host_);
    thrown = call_plugin([&] { result = plugin_->poll()->poll(instance, deadline.time_since_epoch().count()); });
  }
  if (!thrown.empty()) return failed("poll: " + thrown);
  const bool said = host_->health_version() != said_before;
  if (result >= TELLTALE_OK) {
    if (!said && !healthy_) host_->health(TELLTALE_HEALTH_OK, {});
    healthy_ = true;
    return std::nullopt;
  }
  if (result == TELLTALE_E_IO) {
    if (!said) host_->health(TELLTALE_HEALTH_FAILING, "the device did not answer (poll answered TELLTALE_E_IO)");
    healthy_ = false;
    return std::nullopt;
  }
  if (result == TELLTALE_E_STOPPED && stop_requested()) return stopped();
  return failed("poll answered " + result_text(result));
}

RunResult InstanceRunner::stream_until_stopped(telltale_instance* instance) {
  host_->listener().on_ready({});
  host_->well_once_published();
  telltale_result result = TELLTALE_E_INTERNAL;
  const std::string thrown = call_plugin([&] { result = plugin_->stream()->run(instance, stop_.get()); });
  if (!thrown.empty()) return failed("run: " + thrown);
  const bool well = result == TELLTALE_OK || result == TELLTALE_E_STOPPED;
  if (well && stop_requested()) return stopped();
  if (well) return failed("run returned without being asked to stop");
  return failed("run answered " + result_text(result));
}

bool InstanceRunner::stop_requested() const {
  pollfd descriptor{stop_.get(), POLLIN, 0};
  return ::poll(&descriptor, 1, 0) > 0;
}

bool InstanceRunner::wait_until(core::BootTime deadline) const {
  // Zero would disarm the timer.
  const std::int64_t at = std::max<std::int64_t>(1, deadline.time_since_epoch().count());
  itimerspec setting{};
  setting.it_value.tv_sec = static_cast<time_t>(at / 1'000'000'000);
  setting.it_value.tv_nsec = static_cast<long>(at % 1'000'000'000);
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
  std::array<pollfd, 2> descriptors{pollfd{stop_.get(), POLLIN, 0}, pollfd{timer_.get(), POLLIN, 0}};
  for (;;) {
    if (::poll(descriptors.data(), descriptors.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    // A plugin may have closed what is not its own: without a timer there is no schedule.
    return descriptors[0].revents == 0 && (descriptors[1].revents & POLLNVAL) == 0;
  }
}

}  // namespace telltale::host
