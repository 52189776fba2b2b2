#include "daemon/host/child_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace telltale::host {

namespace {

// Above every place that a child wants, so that no dup2 overwrites the source of another.
constexpr int kSourcesFrom = 64;

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  // 0 or an errno.
  int place(const std::vector<std::pair<int, int>>& descriptors) {
    int last = STDERR_FILENO;
    for (const auto& [ours, theirs] : descriptors) {
      core::Fd source(::fcntl(ours, F_DUPFD_CLOEXEC, kSourcesFrom));
      if (!source.valid()) return errno;
      if (int failed = ::posix_spawn_file_actions_adddup2(&actions_, source.get(), theirs); failed != 0) return failed;
      sources_.push_back(std::move(source));
      last = std::max(last, theirs);
    }
    return ::posix_spawn_file_actions_addclosefrom_np(&actions_, last + 1);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
  std::vector<core::Fd> sources_;
};

class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string ExitCause::text() const {
  if (!signalled) return "exited with " + std::to_string(number);
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("killed by SIG") + name : "killed by signal " + std::to_string(number);
}

core::Result<ChildProcess> ChildProcess::spawn(const SpawnRequest& request) {
  FileActions actions;
  if (int failed = actions.place(request.descriptors); failed != 0) return core::errno_error(failed, "spawn");
  const Attributes attributes;
  std::vector<std::string> arguments = request.arguments;
  arguments.insert(arguments.begin(), request.program);
  std::vector<std::string> environment = request.environment;
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, request.program.c_str(), actions.get(), attributes.get(),
                                   pointers_to(arguments).data(), pointers_to(environment).data());
  if (failed != 0) return core::errno_error(failed, "start", request.program);
  // The pid cannot be another process's: nobody else waits for our children.
  core::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const int why = errno;
  ChildProcess child(pid, std::move(pidfd));
  if (!child.pidfd_.valid()) return core::errno_error(why, "pidfd_open", request.program);
  return child;
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    if (running()) {
      kill();
      wait();
    }
    pid_ = std::exchange(other.pid_, 0);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

ChildProcess::~ChildProcess() {
  if (!running()) return;
  kill();
  wait();
}

void ChildProcess::kill() const {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::kill(-pid_, SIGKILL);
}

ExitCause ChildProcess::wait() {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
  // Its group still has its number while it is not reaped: what it left behind ends here.
  ::kill(-pid_, SIGKILL);
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) continue;
  pid_ = 0;
  pidfd_.reset();
  return {info.si_code != CLD_EXITED, info.si_status};
}

std::vector<std::string> private_environment() {
  std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"};
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes our environment
  if (const char* zone = std::getenv("TZ"); zone != nullptr) environment.push_back(std::string("TZ=") + zone);
  return environment;
}

}  // namespace telltale::host
