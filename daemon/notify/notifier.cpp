#include "daemon/notify/notifier.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/core/fd.h"
#include "daemon/core/mutex.h"
#include "daemon/notify/delivery.h"
#include "daemon/notify/outbox.h"

namespace telltale::notify {

namespace {

constexpr std::chrono::seconds kLongestSleep{60};
constexpr std::chrono::seconds kFarewell{1};

core::Result<std::string> bring(const Message& message, const core::NotifySpec& target, const std::string& messenger,
                                core::WallTime now) {
  try {
    return deliver(message, target, messenger, now);
  } catch (const std::exception& failure) {
    return core::make_error(core::ErrorCode::kInternal, failure.what());
  }
}

// Whether that one may be told of the rule's alarms, now or by a step of its escalation.
bool is_of(const core::RuleSpec& rule, const std::string& id) {
  const auto names = [&](const std::vector<std::string>& all) {
    return std::find(all.begin(), all.end(), id) != all.end();
  };
  if (!rule.notify_nobody && (rule.notify.empty() || names(rule.notify))) return true;
  return std::any_of(rule.escalate.begin(), rule.escalate.end(), [&](const auto& step) { return names(step.notify); });
}

}  // namespace

struct Notifier::State {
  State(std::string name, std::string program, const core::Clock& the_clock, core::Logger logger, Memory the_memory)
      : device(std::move(name)),
        messenger(std::move(program)),
        clock(the_clock),
        log(std::move(logger)),
        memory(std::move(the_memory)),
        told(read_told(memory.kept)) {}

  struct Test {
    core::RuleSpec rule;
    std::function<void(std::vector<core::TestOutcome>)> done;
  };

  const std::string device;
  const std::string messenger;
  const core::Clock& clock;
  const core::Logger log;
  const Memory memory;

  core::Mutex mutex;
  core::Condition wake;
  core::Condition ended;
  bool stopping TELLTALE_GUARDED_BY(mutex) = false;
  bool over TELLTALE_GUARDED_BY(mutex) = false;
  std::optional<std::vector<core::NotifySpec>> configured TELLTALE_GUARDED_BY(mutex);
  std::deque<core::AlarmChange> changes TELLTALE_GUARDED_BY(mutex);
  std::deque<Test> tests TELLTALE_GUARDED_BY(mutex);
  std::uint64_t dropped TELLTALE_GUARDED_BY(mutex) = 0;
  std::vector<core::NotifyStatus> statuses TELLTALE_GUARDED_BY(mutex);  // as it was when the thread last looked

  // The thread's.
  std::vector<Outbox> outboxes;
  ToldBook told;                                   // before the first configuration
  std::map<std::string, core::NotifyStatus> went;  // by id: `told` and `problem` alone

  // Work that came from others; false: it is over.
  bool take_over() TELLTALE_EXCLUDES(mutex);
  void configure(std::vector<core::NotifySpec> targets);
  void send_due();
  void run_test(const Test& test);
  void keep();
  [[nodiscard]] Moment now() const { return {clock.boot_now(), clock.wall_now()}; }
  // How it went with that one.
  void note(const std::string& id, const core::Result<std::string>& sent);
  void show() TELLTALE_EXCLUDES(mutex);
  std::chrono::milliseconds pause() const;
  bool is_stopping() TELLTALE_EXCLUDES(mutex) {
    const core::MutexLock lock(mutex);
    return stopping;
  }
};

Notifier::Notifier(std::string device, std::string messenger, const core::Clock& clock, core::Logger log, Memory memory)
    : state_(
          std::make_shared<State>(std::move(device), std::move(messenger), clock, std::move(log), std::move(memory))) {
  std::thread([state = state_] { run(state); }).detach();
}

Notifier::~Notifier() {
  state_->mutex.lock();
  state_->stopping = true;
  state_->wake.notify_all();
  const auto deadline = std::chrono::steady_clock::now() + kFarewell;
  while (!state_->over) {
    if (state_->ended.wait_until(state_->mutex, deadline) == std::cv_status::timeout) break;
  }
  state_->mutex.unlock();
}

void Notifier::configure(std::vector<core::NotifySpec> targets) {
  const core::MutexLock lock(state_->mutex);
  // Known at once, also before the thread has taken them over.
  std::vector<core::NotifyStatus> known;
  for (const core::NotifySpec& target : targets) {
    const auto before = std::find_if(state_->statuses.begin(), state_->statuses.end(),
                                     [&](const auto& one) { return one.id == target.id; });
    known.push_back(before == state_->statuses.end() ? core::NotifyStatus{} : *before);
    known.back().id = target.id;
    known.back().way = core::way_of(target);
    known.back().least = target.least;
  }
  state_->statuses = std::move(known);
  state_->configured = std::move(targets);
  state_->wake.notify_all();
}

std::vector<core::NotifyStatus> Notifier::targets() const {
  const core::MutexLock lock(state_->mutex);
  return state_->statuses;
}

void Notifier::tell(const core::AlarmChange& change) {
  const core::MutexLock lock(state_->mutex);
  if (state_->changes.size() == kMostQueued) {
    ++state_->dropped;
    return;
  }
  state_->changes.push_back(change);
  state_->wake.notify_all();
}

void Notifier::test(const core::RuleSpec& rule, std::function<void(std::vector<core::TestOutcome>)> done) {
  {
    const core::MutexLock lock(state_->mutex);
    if (state_->tests.size() < 4) {
      state_->tests.push_back({rule, std::move(done)});
      state_->wake.notify_all();
      return;
    }
  }
  done({{"", false, "other tests are under way: try again in a moment"}});
}

void Notifier::run(const std::shared_ptr<State>& state) {
  core::name_thread("notify");
  while (state->take_over()) {
    state->send_due();
    state->keep();
    state->show();
  }
  const core::MutexLock lock(state->mutex);
  state->over = true;
  state->ended.notify_all();
}

std::chrono::milliseconds Notifier::State::pause() const {
  std::chrono::milliseconds least = kLongestSleep;
  const core::BootTime now = clock.boot_now();
  for (const Outbox& outbox : outboxes) {
    if (const auto due = outbox.due()) {
      least = std::min(least, std::chrono::ceil<std::chrono::milliseconds>(std::max(core::Duration{}, *due - now)));
    }
  }
  return least;
}

bool Notifier::State::take_over() {
  std::optional<std::vector<core::NotifySpec>> targets;
  std::deque<core::AlarmChange> news;
  std::deque<Test> asked;
  std::uint64_t lost = 0;
  mutex.lock();
  const auto deadline = std::chrono::steady_clock::now() + pause();
  while (!stopping && !configured && changes.empty() && tests.empty()) {
    if (wake.wait_until(mutex, deadline) == std::cv_status::timeout) break;
  }
  const bool go_on = !stopping;
  std::swap(targets, configured);
  std::swap(news, changes);
  std::swap(asked, tests);
  std::swap(lost, dropped);
  mutex.unlock();
  if (targets) configure(std::move(*targets));
  if (lost > 0) log.warning("{} changes of alarms were told to nobody: too many at once", lost);
  for (const core::AlarmChange& change : news) {
    for (Outbox& outbox : outboxes) outbox.take(change, now());
  }
  if (go_on) {
    for (const Test& test : asked) run_test(test);
  }
  return go_on;
}

// What is the same goes on, with what waits.
void Notifier::State::configure(std::vector<core::NotifySpec> targets) {
  std::vector<Outbox> fresh;
  for (core::NotifySpec& target : targets) {
    const auto same =
        std::find_if(outboxes.begin(), outboxes.end(), [&](const Outbox& one) { return one.target() == target; });
    if (same != outboxes.end()) {
      fresh.push_back(std::move(*same));
      outboxes.erase(same);
      continue;
    }
    // Another one of the same id was told the same.
    const auto before =
        std::find_if(outboxes.begin(), outboxes.end(), [&](const Outbox& one) { return one.target().id == target.id; });
    ToldAlarms known;
    if (before != outboxes.end()) {
      known = before->told();
    } else if (auto kept = told.extract(target.id)) {
      known = std::move(kept.mapped());
    }
    fresh.emplace_back(std::move(target), std::move(known));
  }
  outboxes = std::move(fresh);
}

void Notifier::State::send_due() {
  for (Outbox& outbox : outboxes) {
    const Moment begun = now();
    const auto message = outbox.next(device, begun);
    if (!message) continue;
    const auto sent = bring(*message, outbox.target(), messenger, begun.wall);
    if (is_stopping()) {  // nothing else of ours may be there any more
      if (sent) outbox.sent(begun.wall);
      return keep();
    }
    note(outbox.target().id, sent);
    if (sent) {
      if (!sent->empty()) log.warning("{} was told of alarms, but {}", outbox.target().id, *sent);
      outbox.sent(clock.wall_now());
      keep();  // others may take long
    } else if (outbox.failed(clock.boot_now())) {
      log.error("{} was not told of {} alarms, after {} tries: {}", outbox.target().id, message->changes.size(),
                outbox.target().tries, sent.error().text());
    } else {
      log.warning("{} cannot be told of alarms, it is tried again: {}", outbox.target().id, sent.error().text());
    }
  }
}

void Notifier::State::keep() {
  bool changed = false;
  for (Outbox& outbox : outboxes) changed = outbox.take_changed() || changed;
  if (!changed || !memory.keep) return;
  ToldBook book;
  for (const Outbox& outbox : outboxes) book.emplace(outbox.target().id, outbox.told());
  memory.keep(told_text(book));
}

void Notifier::State::run_test(const Test& test) {
  Message message;
  message.device = device;
  message.test = true;
  core::AlarmChange change;
  change.alarm.spec = test.rule;
  change.alarm.state = core::AlarmState::kFiring;
  change.alarm.since = clock.wall_now();
  message.changes.push_back(change);
  std::vector<core::TestOutcome> outcomes;
  for (const Outbox& outbox : outboxes) {
    if (!is_of(test.rule, outbox.target().id)) continue;
    const auto sent = bring(message, outbox.target(), messenger, clock.wall_now());
    note(outbox.target().id, sent);
    outcomes.push_back({outbox.target().id, sent.has_value(), sent ? *sent : sent.error().text()});
  }
  show();
  test.done(std::move(outcomes));
}

void Notifier::State::note(const std::string& id, const core::Result<std::string>& sent) {
  core::NotifyStatus& status = went[id];
  if (sent) status.told = clock.wall_now();
  status.problem = sent ? *sent : sent.error().text();
}

void Notifier::State::show() {
  std::vector<core::NotifyStatus> all;
  for (const Outbox& outbox : outboxes) {
    core::NotifyStatus& status = all.emplace_back(went[outbox.target().id]);
    status.id = outbox.target().id;
    status.way = core::way_of(outbox.target());
    status.least = outbox.target().least;
    status.waiting = outbox.waiting();
    status.dropped = outbox.dropped();
  }
  const core::MutexLock lock(mutex);
  if (!configured) statuses = std::move(all);
}

}  // namespace telltale::notify
