#include "daemon/sinks/senders.h"

#include <algorithm>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/core/fd.h"
#include "daemon/core/mutex.h"

namespace telltale::sinks {

namespace {

constexpr std::size_t kMostInInbox = 100'000;  // readings
constexpr core::Duration kLongestSleep = std::chrono::seconds(1);

std::int64_t ns(core::WallTime time) { return time.time_since_epoch().count(); }

}  // namespace

// What other threads leave for ours.
struct Senders::Shared {
  struct Answer {
    std::string id;
    std::uint64_t number = 0;
    core::Result<void> how;
  };
  struct Move {
    Span span;
    core::Duration shift{};
  };
  struct Mail {
    std::vector<core::LiveBatch> batches;
    std::size_t readings = 0;
    Spans missed;  // of what the inbox could not take
    std::vector<Move> moves;
    bool time_known = false;
    std::vector<Answer> answers;
    std::optional<std::vector<core::SinkConfig>> config;
    bool stop = false;
    [[nodiscard]] bool any() const {
      return !batches.empty() || !missed.empty() || !moves.empty() || time_known || !answers.empty() || config || stop;
    }
  };
  mutable core::Mutex mutex;
  core::Condition changed;
  Mail mail TELLTALE_GUARDED_BY(mutex);
  bool running TELLTALE_GUARDED_BY(mutex) = false;
  std::vector<core::SinkStatus> statuses TELLTALE_GUARDED_BY(mutex);
};

class Senders::Work {
 public:
  Work(SenderContext context, std::shared_ptr<Shared> shared)
      : context_(std::move(context)), shared_(std::move(shared)) {
    context_.send = [this](const std::string& id, std::uint64_t number, core::OutgoingBatchPtr batch) {
      context_.instances.request(id, std::move(batch), [shared = shared_, id, number](core::Result<void> how) {
        const core::MutexLock lock(shared->mutex);
        shared->mail.answers.push_back({id, number, std::move(how)});
        shared->changed.notify_all();
      });
    };
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work() = default;

  [[nodiscard]] core::InputDirectory& instances() const { return context_.instances; }
  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool started() const { return thread_.joinable(); }

 private:
  void run() {
    core::name_thread("sinks");
    core::BootTime next{};
    for (;;) {
      Shared::Mail mail = wait_until(next);
      if (mail.config) reconfigure(std::move(*mail.config));
      for (auto& [id, sender] : senders_) {
        for (const core::LiveBatch& batch : mail.batches) sender->take(*batch);
        for (const Span& span : mail.missed.all()) sender->missed(span);
        for (const Shared::Move& move : mail.moves) sender->moved(move.span, move.shift);
      }
      // Behind what was published before it was known.
      if (mail.time_known) context_.time_known = true;
      for (const Shared::Answer& answer : mail.answers) {
        if (const auto found = senders_.find(answer.id); found != senders_.end()) {
          found->second->answered(answer.number, answer.how);
        }
      }
      if (mail.stop) break;
      const core::BootTime now = context_.clock.boot_now();
      next = now + kLongestSleep;
      for (auto& [id, sender] : senders_) next = std::min(next, sender->step(now));
      tell();
    }
    for (auto& [id, sender] : senders_) sender->finish();
  }

  Shared::Mail wait_until(core::BootTime time) {
    Shared& shared = *shared_;
    const core::MutexLock lock(shared.mutex);
    while (!shared.mail.any()) {
      const core::Duration left = time - context_.clock.boot_now();
      if (left <= core::Duration{}) break;
      shared.changed.wait_for(shared.mutex, left);
    }
    return std::exchange(shared.mail, {});
  }

  void reconfigure(std::vector<core::SinkConfig> configs) {
    std::map<std::string, std::unique_ptr<Sender>> next;
    for (core::SinkConfig& config : configs) {
      const std::string id = config.instance.id;
      const auto known = senders_.find(id);
      if (known != senders_.end() && known->second->config() == config) {
        next.emplace(id, std::move(known->second));
        senders_.erase(known);
        continue;
      }
      if (known != senders_.end()) {
        known->second->finish();
        senders_.erase(known);
      }
      next.emplace(id, std::make_unique<Sender>(context_, std::move(config)));
    }
    for (auto& [id, sender] : senders_) sender->finish();
    senders_ = std::move(next);
  }

  void tell() {
    std::vector<core::SinkStatus> statuses;
    statuses.reserve(senders_.size());
    for (const auto& [id, sender] : senders_) statuses.push_back(sender->status());
    const core::MutexLock lock(shared_->mutex);
    shared_->statuses = std::move(statuses);
  }

  SenderContext context_;
  const std::shared_ptr<Shared> shared_;
  std::map<std::string, std::unique_ptr<Sender>> senders_;
  std::thread thread_;
};

Senders::Senders(SenderContext context)
    : shared_(std::make_shared<Shared>()), work_(std::make_unique<Work>(std::move(context), shared_)) {}

Senders::~Senders() { stop(); }

void Senders::apply(std::vector<core::SinkConfig> sinks) {
  if (sinks.empty() && !work_->started()) return;
  {
    const core::MutexLock lock(shared_->mutex);
    // They are known from now on, whenever the thread gets to them.
    std::vector<core::SinkStatus> statuses;
    for (const core::SinkConfig& sink : sinks) {
      const auto known = std::find_if(shared_->statuses.begin(), shared_->statuses.end(),
                                      [&](const auto& one) { return one.instance.id == sink.instance.id; });
      statuses.push_back(known != shared_->statuses.end() ? *known : core::SinkStatus{});
      statuses.back().instance.id = sink.instance.id;
      statuses.back().instance.plugin = sink.instance.plugin;
    }
    shared_->statuses = std::move(statuses);
    shared_->mail.config = std::move(sinks);
    shared_->running = true;
    shared_->changed.notify_all();
  }
  if (!work_->started()) work_->start();
}

void Senders::stop() {
  {
    const core::MutexLock lock(shared_->mutex);
    shared_->mail.stop = true;
    shared_->changed.notify_all();
  }
  work_->join();
}

void Senders::publish(core::LiveBatch batch) {
  Shared& shared = *shared_;
  const core::MutexLock lock(shared.mutex);
  if (!shared.running) return;
  Shared::Mail& mail = shared.mail;
  if (mail.readings + batch->size() > kMostInInbox) {
    for (const core::Reading& reading : batch->readings()) mail.missed.add({ns(reading.time), ns(reading.time) + 1});
    return;
  }
  mail.readings += batch->size();
  mail.batches.push_back(std::move(batch));
  if (mail.batches.size() == 1) shared.changed.notify_all();
}

void Senders::moved(core::WallTime from, core::WallTime to, core::Duration shift) {
  const core::MutexLock lock(shared_->mutex);
  if (!shared_->running) return;
  shared_->mail.moves.push_back({{ns(from), ns(to) + 1}, shift});
  shared_->changed.notify_all();
}

// Also when there is no sink yet: one may come.
void Senders::time_known() {
  const core::MutexLock lock(shared_->mutex);
  shared_->mail.time_known = true;
  shared_->changed.notify_all();
}

std::vector<core::SinkStatus> Senders::sinks() const {
  std::vector<core::SinkStatus> all;
  {
    const core::MutexLock lock(shared_->mutex);
    all = shared_->statuses;
  }
  for (core::InputStatus& instance : work_->instances().inputs()) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& sink) { return sink.instance.id == instance.id; });
    if (found != all.end()) found->instance = std::move(instance);
  }
  return all;
}

}  // namespace telltale::sinks
