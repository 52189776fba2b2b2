// Keeps SIGPIPE away from the threads that Paho starts, and the process's own handling of it as it was.
#pragma once

#include <csignal>

namespace telltale::mqtt {

// Blocks SIGPIPE in the calling thread, whose mask the threads that it starts inherit; undone at the end, in the same
// thread.
class SigpipeGuard {
 public:
  SigpipeGuard() {
    sigemptyset(&only_sigpipe_);
    sigaddset(&only_sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &only_sigpipe_, &mask_before_);
  }
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;
  ~SigpipeGuard() {
    if (sigismember(&mask_before_, SIGPIPE) != 0) return;
    const timespec no_time{};
    while (sigtimedwait(&only_sigpipe_, nullptr, &no_time) > 0) {  // what is pending would arrive now
    }
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

 private:
  sigset_t only_sigpipe_{};
  sigset_t mask_before_{};
};

// Paho sets SIGPIPE to be ignored for the whole process when its first client is made: this, around that, undoes it.
class SigpipeDisposition {
 public:
  SigpipeDisposition() { sigaction(SIGPIPE, nullptr, &before_); }
  SigpipeDisposition(const SigpipeDisposition&) = delete;
  SigpipeDisposition& operator=(const SigpipeDisposition&) = delete;
  ~SigpipeDisposition() { sigaction(SIGPIPE, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

}  // namespace telltale::mqtt
