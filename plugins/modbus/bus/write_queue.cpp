#include "plugins/modbus/bus/write_queue.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace telltale::modbus {

WriteResult WriteQueue::put(Command command, std::chrono::nanoseconds patience) {
  const auto job = std::make_shared<Job>(Job{std::move(command), std::nullopt});
  std::unique_lock lock(mutex_);
  if (is_closed_) return {TELLTALE_E_STOPPED, {}};
  if (waiting_.size() >= kMaxWaiting) return {TELLTALE_E_LIMIT, "too many outputs are being set at once"};
  waiting_.push_back(job);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
  changed_.wait_for(lock, patience, [&job] { return job->result.has_value(); });
  if (job->result) return *job->result;
  // What was not begun is not begun any more; what was may still reach the device.
  std::erase(waiting_, job);
  return {TELLTALE_E_IO, "its time was over before the bus was free"};
}

std::optional<Command> WriteQueue::take() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  current_ = waiting_.front();
  waiting_.pop_front();
  return current_->command;
}

void WriteQueue::done(WriteResult result) {
  const std::lock_guard lock(mutex_);
  if (current_) current_->result = std::move(result);
  current_.reset();
  changed_.notify_all();
}

void WriteQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  if (current_) current_->result = WriteResult{TELLTALE_E_STOPPED, {}};
  for (const auto& job : waiting_) job->result = WriteResult{TELLTALE_E_STOPPED, {}};
  waiting_.clear();
  current_.reset();
  changed_.notify_all();
}

}  // namespace telltale::modbus
