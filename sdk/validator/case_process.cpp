#include "sdk/validator/case_process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/validator/guard.h"
#include "sdk/validator/lab.h"
#include "sdk/validator/text.h"

namespace telltale::validator {

namespace {

constexpr std::size_t kMostComplaints = 400;
// How often a process is asked for the listener of its watch, which it has a few milliseconds after its start.
constexpr std::chrono::milliseconds kConnectPause{1};

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error("no " + what + " can be had: " + std::strerror(errno));
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse("pipe");
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return ends;
}

Verdict judge(const Case& what, Lab& lab) {
  try {
    what.check(lab);
    return {};
  } catch (const Verdict& verdict) {
    return verdict;
  } catch (const std::exception& error) {
    return {Status::kFailed, std::string("it cannot be tried: ") + error.what()};
  }
}

}  // namespace

CaseProcess::CaseProcess(const Case& what, const Request& request, const std::string& file,
                         const std::string& directory)
    : case_(what), started_(Steady::now()) {
  const auto out = make_pipe();
  const auto error = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) refuse("process");
  if (pid_ == 0) {
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    be_the_child(request, file, directory);
  }
  ::setpgid(pid_, pid_);  // both sides: whichever comes first
  ::close(out[1]);
  ::close(error[1]);
  out_ = out[0];
  error_ = error[0];
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  const std::string folder = std::filesystem::path(file).parent_path().string();
  if (watches()) watch_ = std::make_unique<Watch>(*stage_, pid_, pidfd_, std::vector{directory, folder});
}

CaseProcess::~CaseProcess() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  close_all();
}

void CaseProcess::close_all() {
  for (int* fd : {&pidfd_, &out_, &error_}) {
    if (*fd >= 0) ::close(*fd);
    *fd = -1;
  }
}

void CaseProcess::be_the_child(const Request& request, const std::string& file, const std::string& directory) {
  // Descriptors of the parent are nothing to the plugin.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  enter_guard(directory);
  if (!guard_calls(*stage_, watches()) && watches()) {
    stage_->finish(static_cast<std::uint32_t>(Status::kSkipped), "this kernel cannot watch system calls");
    ::_exit(EXIT_SUCCESS);
  }
  Lab lab(file, request.options, directory, *stage_);
  const Verdict verdict = judge(case_, lab);
  stage_->finish(static_cast<std::uint32_t>(verdict.status), verdict.detail);
  // Without the destructors of a library that may be in any state.
  ::_exit(EXIT_SUCCESS);
}

void CaseProcess::add_waits(std::vector<pollfd>& waits) const {
  for (const int fd : {pidfd_, out_, error_, watch_ ? watch_->fd() : -1}) waits.push_back({fd, POLLIN, 0});
}

CaseProcess::Steady::time_point CaseProcess::next_look() const {
  const bool connecting = watch_ && watch_->fd() < 0 && stage_->watched == 0;
  return connecting ? Steady::now() + kConnectPause : started_ + case_.deadline;
}

void CaseProcess::take_output(int& fd, std::string* into) const {
  std::array<char, 4'096> bytes{};
  for (;;) {
    const auto got = fd >= 0 ? ::read(fd, bytes.data(), bytes.size()) : -1;
    if (got == 0) {
      ::close(fd);
      fd = -1;
    }
    if (got <= 0) return;
    if (into != nullptr && into->size() < kMostComplaints) into->append(bytes.data(), static_cast<std::size_t>(got));
  }
}

bool CaseProcess::look() {
  if (watch_) {
    watch_->connect(*stage_);
    pollfd ready{watch_->fd(), POLLIN, 0};
    while (ready.fd >= 0 && ::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0) watch_->answer();
  }
  take_output(out_, nullptr);
  take_output(error_, &complaints_);
  pollfd ended{pidfd_, POLLIN, 0};
  if (::poll(&ended, 1, 0) > 0) return true;
  if (Steady::now() < started_ + case_.deadline) return false;
  timed_out_ = stage_->finished != 2;
  return true;
}

std::string CaseProcess::circumstances() const {
  const std::string doing = stage_->doing.get();
  const std::string log = stage_->last_log.get();
  std::string text = doing.empty() ? std::string() : ", in " + shown(doing);
  if (!log.empty()) text += "; its last log line: " + shown(log);
  const std::string problem = stage_->first_problem.get();
  if (!problem.empty()) text += "; before that it " + shown(problem);
  std::string wrote = complaints_;
  wrote.erase(std::find_if(wrote.begin(), wrote.end(), [](char c) { return c == '\n'; }), wrote.end());
  if (!wrote.empty()) text += "; it wrote: " + shown(wrote);
  return text;
}

CaseResult CaseProcess::result() {
  ::kill(-pid_, SIGKILL);  // those that it started, too
  if (timed_out_) ::kill(pid_, SIGKILL);
  int how = 0;
  ::waitpid(pid_, &how, 0);
  pid_ = -1;
  take_output(error_, &complaints_);
  CaseResult result;
  result.info = case_.info;
  result.took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - started_);
  const std::string deeds = watch_ ? watch_->seen(case_.forbids) : std::string();
  if (!deeds.empty()) {
    result.status = Status::kFailed;
    result.detail = "it " + shown(deeds, 400);
  } else if (stage_->finished == 2) {
    result.status = static_cast<Status>(std::min<std::uint32_t>(stage_->status, 4));
    result.detail = shown(stage_->detail.get(), 1'000);
  } else if (timed_out_) {
    result.status = Status::kTimedOut;
    result.detail =
        "it had not come back after " + std::to_string(case_.deadline.count() / 1'000) + " s" + circumstances();
  } else {
    result.status = Status::kCrashed;
    const char* const name = WIFSIGNALED(how) ? ::sigabbrev_np(WTERMSIG(how)) : nullptr;
    result.detail = WIFSIGNALED(how) ? "killed by SIG" + std::string(name != nullptr ? name : "?")
                                     : "it ended the process with exit code " + std::to_string(WEXITSTATUS(how));
    result.detail += circumstances();
  }
  return result;
}

}  // namespace telltale::validator
