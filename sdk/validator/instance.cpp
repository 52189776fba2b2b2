// Running an instance, of lab.h.
#include <algorithm>
#include <atomic>
#include <ctime>
#include <thread>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

using Steady = std::chrono::steady_clock;

// What stream.h promises.
constexpr std::chrono::seconds kStopTime{2};

// Tells a stream to stop after a while, from another thread; ends the case when it does not.
class StopTimer {
 public:
  StopTimer(Stage& stage, int fd, RecordingHost& host, const RunPlan& plan)
      : stage_(stage), fd_(fd), host_(host), plan_(plan) {
    if (plan.stop_first) stop();
    thread_ = std::thread([this] { watch(); });
  }
  StopTimer(const StopTimer&) = delete;
  StopTimer& operator=(const StopTimer&) = delete;
  ~StopTimer() {
    returned_ = true;
    thread_.join();
  }
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] Steady::time_point stopped_at() const { return stopped_at_; }

 private:
  void watch() {
    const Steady::time_point half = Steady::now() + plan_.stream / 2;
    const Steady::time_point end = Steady::now() + plan_.stream;
    bool jumped = plan_.jump.count() == 0;
    while (!returned_) {
      const auto now = Steady::now();
      if (!jumped && now >= half) host_.jump_clock(plan_.jump.count());
      jumped = jumped || now >= half;
      if (!stopped_ && now >= end) stop();
      if (stopped_ && now > stopped_at_ + kStopTime) {
        stage_.finish(static_cast<std::uint32_t>(Status::kFailed),
                      "run had not returned 2 s after its stop descriptor became readable");
        ::_exit(0);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  void stop() {
    // Noted before it is told: a run that returns at once has not returned by itself.
    stopped_at_ = Steady::now();
    stopped_ = true;
    const std::uint64_t one = 1;
    static_cast<void>(!::write(fd_, &one, sizeof one));
  }

  Stage& stage_;
  int fd_;
  RecordingHost& host_;
  RunPlan plan_;
  std::atomic<bool> returned_{false};
  std::atomic<bool> stopped_{false};
  Steady::time_point stopped_at_;  // once stopped_
  std::thread thread_;
};

}  // namespace

Instance::Instance(Lab& lab, std::string id, const ValueTree& options)
    : lab_(lab), host_(std::move(id), options.root(), lab.stage()) {}

telltale_result Instance::create() {
  telltale_result result = TELLTALE_E_INTERNAL;
  lab_.call("create", [&] { result = lab_.plugin().create(&host_.c_host(), &instance_); });
  return result;
}

void Instance::destroy() {
  lab_.call("destroy", [&] { lab_.plugin().destroy(instance_); });
  instance_ = nullptr;
  host_.end();
}

RunResult Instance::run(const RunPlan& plan) {
  if (const telltale_poll_1* found = lab_.poll()) return poll(*found, plan);
  if (const telltale_stream_1* found = lab_.stream()) return stream(*found, plan);
  skip("it offers neither poll/1 nor stream/1");
}

RunResult Instance::poll(const telltale_poll_1& poll, const RunPlan& plan) {
  RunResult seen;
  lab_.call("interval", [&] { seen.interval = poll.interval(instance_); });
  const auto interval = std::chrono::nanoseconds(std::clamp<std::int64_t>(seen.interval, 0, 86'400'000'000'000));
  const auto spacing = std::min<std::chrono::nanoseconds>(plan.spacing, interval);
  const auto end = Steady::now() + plan.most;
  for (int i = 0; i < plan.polls && (i == 0 || Steady::now() < end); ++i) {
    if (i == plan.polls / 2 && plan.jump.count() != 0) host_.jump_clock(plan.jump.count());
    telltale_result result = TELLTALE_E_INTERNAL;
    const auto begin = Steady::now();
    const std::int64_t deadline = host_.c_host().now(&host_.c_host());
    lab_.call("poll, call " + std::to_string(i + 1), [&] { result = poll.poll(instance_, deadline); });
    seen.times.push_back(Steady::now() - begin);
    seen.results.push_back(result);
    if (!goes_on(result) && !plan.keep_going) break;
    std::this_thread::sleep_until(begin + spacing);
  }
  return seen;
}

RunResult Instance::stream(const telltale_stream_1& stream, const RunPlan& plan) {
  RunResult seen;
  const int stop = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop < 0) fail("no descriptor is left");
  {
    telltale_result result = TELLTALE_E_INTERNAL;
    const StopTimer timer(lab_.stage(), stop, host_, plan);
    lab_.call("run", [&] { result = stream.run(instance_, stop); });
    seen.results.push_back(result);
    seen.by_itself = !timer.stopped();
    if (timer.stopped()) seen.stopping = Steady::now() - timer.stopped_at();
  }
  std::uint64_t told = 0;
  const bool untouched = seen.by_itself || ::read(stop, &told, sizeof told) == sizeof told;
  if (!untouched || told > 1)
    host_.note("stream.leaves_stop_alone", "read from, wrote to or closed its stop descriptor");
  ::close(stop);
  return seen;
}

}  // namespace telltale::validator
