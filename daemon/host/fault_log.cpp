#include "daemon/host/fault_log.h"

#include <utility>

namespace telltale::host {

namespace {

// A refused call is counted each time and logged at most that often.
constexpr core::Duration kSayAgainAfter = std::chrono::minutes(1);

std::string cause_of(const InstanceEnd& end, const std::optional<CrashNotes>& notes) {
  if (!notes) return end.cause;
  const bool crashed = notes->signal != 0 && end.signal != 0;
  // The alarm of its own handler may have ended it while it looked for the callers.
  std::string cause =
      crashed && end.cause.starts_with("killed by") ? "killed by " + signal_name(notes->signal) : end.cause;
  if (!notes->message.empty()) cause += ": " + notes->message;
  return cause;
}

}  // namespace

void FaultLog::begin() {
  paths_ = RefusedPathReader();
  last_refused_.clear();
}

void FaultLog::count(const std::string& call, const std::string& shown, const std::string& mend) {
  ++status_.denied[call];
  last_refused_ = call;
  const core::BootTime now = clock_.boot_now();
  const auto said = said_.find(call);
  if (said != said_.end() && now - said->second < kSayAgainAfter) return;
  said_[call] = now;
  if (mend.empty()) return log_.warning("isolation refused {}", shown);
  log_.warning("isolation refused {}; if it shall have it, say so in its configuration: {}", shown, mend);
}

void FaultLog::refused(const Refusal& refusal) { count(refusal.call, refusal.shown, refusal.mend); }

bool FaultLog::look_at_paths(const RefusedPaths& paths) {
  const auto news = paths_.read(paths);
  for (const RefusedPath& refused : news.paths) {
    // Whatever it wrote there: it is no name of a call but this.
    const std::string call = refused.call == "openat" ? refused.call : "open";
    count(call, call + "(" + refused.path + ")", "allow: {read: [PATH]} or {write: [PATH]}");
  }
  if (news.unread > 0) status_.denied["openat"] += news.unread;
  return news.unread > 0 || !news.paths.empty();
}

void FaultLog::ended(const InstanceEnd& end, const CrashRecord& record, const std::vector<std::string>& last_lines,
                     const BacktraceWork& name_functions, std::function<void()> changed) {
  const auto notes = read_crash(record);
  core::CrashReport report;
  report.at = clock_.wall_now();
  report.cause = cause_of(end, notes);
  if (notes && notes->signal != 0) {
    report.signal = signal_name(notes->signal);
  } else if (end.signal != 0) {
    report.signal = signal_name(end.signal);
  }
  report.denied = last_refused_;
  report.last_lines = last_lines;
  report.count = status_.crash ? status_.crash->count + 1 : 1;
  if (notes) report.backtrace = plain_backtrace(notes->frames);
  status_.crash = std::move(report);
  const std::uint64_t number = ++*number_;
  if (!notes || notes->frames.empty()) return;
  name_functions(notes->frames, [this, number, weak = std::weak_ptr(number_),
                                 changed = std::move(changed)](std::vector<std::string> backtrace) {
    const auto current = weak.lock();
    if (current == nullptr || *current != number) return;
    status_.crash->backtrace = std::move(backtrace);
    changed();
  });
}

}  // namespace telltale::host
