// Starts a process and tells how it ended. The descriptor of the process (pidfd) becomes readable when it ends; no
// SIGCHLD is involved. Any thread; a value owned by one.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/core/error.h"
#include "daemon/core/fd.h"

namespace telltale::host {

struct SpawnRequest {
  std::string program;
  std::vector<std::string> arguments;            // without the program's name
  std::vector<std::string> environment;          // NAME=value; nothing else is inherited
  std::vector<std::pair<int, int>> descriptors;  // (ours, the child's); all others are closed
};

// "killed by SIGSEGV", "exited with 3".
struct ExitCause {
  bool signalled = false;
  int number = 0;  // the exit code, or the signal
  [[nodiscard]] std::string text() const;
};

class ChildProcess {
 public:
  ChildProcess() = default;
  // In a session of its own: no terminal's signal reaches it, and its own children are ended with it. Its signal
  // mask is empty and its handlers are the defaults.
  [[nodiscard]] static core::Result<ChildProcess> spawn(const SpawnRequest& request);
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills it and waits for its end, when that has not come yet.
  ~ChildProcess();

  [[nodiscard]] int pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  [[nodiscard]] bool running() const { return pid_ != 0; }
  // SIGKILL to it and to everything in its session's group.
  void kill() const;
  // Waits for its end (at once when pidfd is readable) and forgets it.
  ExitCause wait();

 private:
  ChildProcess(int pid, core::Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  int pid_ = 0;
  core::Fd pidfd_;
};

// What a plugin's process may know of ours: PATH, LANG, TZ.
[[nodiscard]] std::vector<std::string> private_environment();

}  // namespace telltale::host
