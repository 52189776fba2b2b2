#include "plugins/mqtt-out/link.h"

#include <cerrno>
#include <exception>
#include <random>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include <telltale/cpp/errors.hpp>
#include <telltale/cpp/stop.hpp>

#include "plugins/mqtt/session/address.h"
#include "plugins/mqtt/session/inflight_store.h"
#include "plugins/mqtt/session/sigpipe.h"

namespace telltale::mqtt_out {

namespace {

using mqtt::Connection;
using std::chrono::milliseconds;
using End = Connection::End;

constexpr milliseconds kResolvePatience{5'000};
constexpr milliseconds kConnectPatience{5'000};
constexpr milliseconds kSubscribePatience{5'000};
constexpr milliseconds kDeliverPatience{20'000};  // a batch; the host waits 30 s
constexpr milliseconds kHelloPatience{20'000};
constexpr milliseconds kGoodbyePatience{2'000};  // unsaid, nobody would learn of it: the will is forgotten
constexpr milliseconds kExplainPatience{500};
constexpr milliseconds kTick{1'000};
constexpr milliseconds kFirstConnection{1'000};  // a batch waits that long for it
constexpr int kShortestPause = 200;              // ms, between attempts
constexpr int kLongestPause = 800;
constexpr std::size_t kMostArrived = 4'096;  // as many as are worth keeping until they are looked at
constexpr std::size_t kLargestArrived = 65'536;

int make_event() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

void notify(int fd) {
  const std::uint64_t one = 1;
  (void)!::write(fd, &one, sizeof one);  // fails only when it is readable already
}

std::string refusal(const mqtt::Outcome& outcome) {
  switch (outcome.code) {
    case 1:
    case 0x84:
      return "the broker does not speak this version of MQTT: set 'version' to the other one";
    case 2:
    case 0x85:
      return "the broker refused the client_id";
    case 4:
    case 5:
    case 0x86:
    case 0x87:
      return "the broker refused the user name or password, or wants one";
    default:
      return {};
  }
}

}  // namespace

Link::Link(Host host, mqtt::Broker broker, std::unique_ptr<Form> form)
    : host_(host),
      broker_(std::move(broker)),
      form_(std::move(form)),
      store_(std::make_unique<mqtt::InflightStore>()),
      stop_fd_(make_event()),
      work_fd_(make_event()),
      thread_([this] { run(); }) {}

Link::~Link() {
  notify(stop_fd_);
  thread_.join();
  ::close(stop_fd_);
  ::close(work_fd_);
}

void Link::wake() const { notify(work_fd_); }

bool Link::stopping() const { return Stop(stop_fd_).requested(); }

void Link::send(const OutgoingBatch& batch, int stop_fd) {
  Job job{.batch = &batch, .stop_fd = stop_fd};
  std::unique_lock lock(mutex_);
  const std::uint64_t before = attempts_;
  changed_.wait_for(lock, kFirstConnection, [&] { return connected_ || attempts_ != before; });
  if (!connected_) throw IoError(reason_.empty() ? "connecting to " + broker_.where() : reason_);
  job_ = &job;
  wake();
  changed_.wait(lock, [&] { return job.done; });  // every wait of the other thread has an end
  lock.unlock();
  if (job.stopped) throw Stopped();
  if (!job.failed.empty()) throw IoError(job.failed);
}

void Link::say_connected(bool connected, std::string reason) {
  const std::lock_guard lock(mutex_);
  connected_ = connected;
  if (!connected) ++attempts_;
  reason_ = std::move(reason);
  if (!connected && job_ != nullptr) {  // it came too late for this connection
    job_->failed = reason_;
    job_->done = true;
    job_ = nullptr;
  }
  changed_.notify_all();
}

void Link::run() {
  const mqtt::SigpipeGuard sigpipe;
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> pause(kShortestPause, kLongestPause);
  const Stop stop(stop_fd_);
  while (!stop.requested()) {
    try {
      attempt();
    } catch (const std::exception& error) {  // Paho's, or no memory: on this thread it would end the process
      host_.failing(error.what());
      say_connected(false, error.what());
    }
    if (stop.wait_for(milliseconds(pause(random)))) break;
  }
  say_connected(false, "the sink ends");
}

void Link::attempt() {
  const auto resolved = mqtt::resolve(broker_, Stop(stop_fd_), kResolvePatience);
  if (const auto* reason = std::get_if<std::string>(&resolved)) return say_connected(false, *reason);
  for (const mqtt::Address& address : std::get<std::vector<mqtt::Address>>(resolved)) {
    if (stopping()) return;
    broker_.will = form_->will();
    Connection connection(broker_, address, *store_, [this](const mqtt::Message& message) { arrived(message); });
    mqtt::Outcome outcome;
    const End end = connection.connect(stop_fd_, kConnectPatience, outcome);
    if (end == End::kDone) return serve(connection);
    if (end == End::kStopped) return;
    std::string words = end == End::kFailed ? refusal(outcome) : std::string();
    if (words.empty()) words = mqtt::explain(broker_, address, Stop(stop_fd_), kExplainPatience);
    say_connected(false, std::move(words));
    if (broker_.transport != mqtt::Transport::kTcp) return;  // Paho goes by the name, and chooses the address
  }
}

void Link::serve(Connection& connection) {
  const std::string lost = "the connection to " + broker_.where() + " was lost";
  mqtt::Outcome outcome;
  const std::vector<mqtt::Filter> filters = form_->filters();
  if (!filters.empty()) {
    const End end = connection.subscribe(filters, stop_fd_, kSubscribePatience, outcome);
    // Readings go out all the same: without it nobody can ask for a birth.
    if (end == End::kFailed && outcome.code != 0)
      host_.warning("the broker refused the subscription to " + filters[0].topic);
  }
  const bool greeted = connection.deliver(form_->hello(), stop_fd_, kHelloPatience) == End::kDone;
  if (greeted) {
    host_.info("connected to the broker at " + broker_.where());
    host_.ok();
    say_connected(true, {});
    while (go_on(connection)) continue;
  }
  // Whatever the stop came into: what is said of the node may be there already, and the will goes with the connection.
  if (stopping()) {
    (void)connection.deliver(form_->goodbye(), -1, kGoodbyePatience);
    return say_connected(false, "the sink ends");
  }
  if (greeted) {
    host_.count("connection.lost");
    host_.failing(lost);
  }
  say_connected(false, lost);
}

bool Link::go_on(Connection& connection) {
  const End end = connection.stay(stop_fd_, work_fd_, kTick);
  std::uint64_t count = 0;
  (void)!::read(work_fd_, &count, sizeof count);
  return end != End::kStopped && end != End::kFailed && take_arrived(connection) && do_job(connection);
}

bool Link::take_arrived(Connection& connection) {
  std::deque<Arrived> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(arrived_);
  }
  for (const Arrived& one : all) form_->take(one.topic, one.payload, one.retained);
  const Messages messages = form_->tick(host_.now());
  return messages.empty() || connection.deliver(messages, stop_fd_, kDeliverPatience) == End::kDone;
}

bool Link::do_job(Connection& connection) {
  Job* job = nullptr;
  {
    const std::lock_guard lock(mutex_);
    job = job_;
  }
  if (job == nullptr) return true;
  End end = connection.deliver(form_->readings(*job->batch), job->stop_fd, kDeliverPatience);
  if (end == End::kDone && form_->is_unacknowledged()) {
    // The broker reads one packet after the other: what it answers now it has read after the readings.
    mqtt::Outcome outcome;
    end = connection.subscribe(form_->filters(), job->stop_fd, kSubscribePatience, outcome);
    if (end == End::kFailed && outcome.code >= 0x80) end = End::kDone;  // refused, which is an answer
  }
  const std::lock_guard lock(mutex_);
  job->stopped = end == End::kStopped;
  if (end == End::kTimeout) job->failed = "the broker does not acknowledge the readings";
  if (end == End::kFailed) job->failed = "the connection to " + broker_.where() + " was lost";
  job->done = true;
  job_ = nullptr;
  changed_.notify_all();
  return end == End::kDone || end == End::kStopped;
}

// Of Paho's thread: never waits long.
void Link::arrived(const mqtt::Message& message) {
  {
    const std::lock_guard lock(mutex_);
    if (arrived_.size() >= kMostArrived || message.payload.size() > kLargestArrived) {
      host_.count("messages.dropped");
      return;
    }
    arrived_.push_back({std::string(message.topic), std::string(message.payload), message.retained});
  }
  wake();
}

}  // namespace telltale::mqtt_out
