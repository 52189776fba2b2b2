#include "daemon/app/usual_desk.h"

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "daemon/app/usual_hours.h"
#include "daemon/core/fd.h"

namespace telltale::app {

namespace {

constexpr int kNice = 10;

rules::Usual waits() {
  rules::Usual usual;
  usual.pending = true;
  return usual;
}

// An hour that cannot be read counts as one without readings.
rules::Usual look_up(core::HistoryReader& history, const rules::UsualQuestion& question) {
  std::vector<rules::PastHour> hours;
  for (const core::WallTime hour : rules::past_hours(question.at, question.weeks, question.zone->time)) {
    try {
      const auto found = hours_of(history, question.series, hour, hour + std::chrono::hours(1));
      hours.push_back(found && !found->empty() ? found->begin()->second : rules::PastHour{});
    } catch (const std::exception&) {
      hours.emplace_back();
    }
  }
  return rules::usual_of(hours, question.weeks);
}

}  // namespace

UsualDesk::~UsualDesk() {
  mutex_.lock();
  stopping_ = true;
  wake_.notify_all();
  mutex_.unlock();
  if (thread_.joinable()) thread_.join();
}

void UsualDesk::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

UsualDesk::Key UsualDesk::key_of(const rules::UsualQuestion& question) {
  return {question.series->id, question.weeks, question.zone->name, rules::hour_of(question.at)};
}

UsualDesk::Entry* UsualDesk::entry_of(const rules::UsualQuestion& question) {
  const Key key = key_of(question);
  const auto known = known_.find(key);
  if (known != known_.end()) return &known->second;
  if (known_.size() >= kMostKnown) before_ = std::exchange(known_, {});
  if (auto old = before_.extract(key)) return &known_.insert(std::move(old)).position->second;
  if (waiting_.size() >= kMostWaiting) return nullptr;
  waiting_.push_back(question);
  waiting_.back().at = rules::hour_of(question.at);
  wake_.notify_all();
  return &known_.emplace(key, Entry{false, waits()}).first->second;
}

rules::Usual UsualDesk::of(const rules::UsualQuestion& question) {
  const core::MutexLock lock(mutex_);
  Entry* const entry = entry_of(question);
  if (entry == nullptr) return waits();
  const rules::Usual usual = entry->usual;
  const core::WallTime next = rules::hour_of(question.at) + std::chrono::hours(1);
  if (!entry->asked_ahead && next - question.at <= kAhead) {
    entry->asked_ahead = true;
    rules::UsualQuestion ahead = question;
    ahead.at = next;
    static_cast<void>(entry_of(ahead));
  }
  return usual;
}

std::uint64_t UsualDesk::lookups() const {
  const core::MutexLock lock(mutex_);
  return lookups_;
}

std::size_t UsualDesk::waiting() const {
  const core::MutexLock lock(mutex_);
  return waiting_.size();
}

void UsualDesk::run() {
  core::name_thread("usual");
  // Of this thread alone, as Linux has it.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNice));
  for (;;) {
    mutex_.lock();
    while (!stopping_ && waiting_.empty()) wake_.wait(mutex_);
    if (stopping_) {
      mutex_.unlock();
      return;
    }
    const rules::UsualQuestion question = std::move(waiting_.front());
    waiting_.pop_front();
    mutex_.unlock();
    const rules::Usual usual = look_up(history_, question);
    const core::MutexLock lock(mutex_);
    ++lookups_;
    for (auto* const all : {&known_, &before_}) {
      if (const auto asked = all->find(key_of(question)); asked != all->end()) asked->second.usual = usual;
    }
  }
}

}  // namespace telltale::app
