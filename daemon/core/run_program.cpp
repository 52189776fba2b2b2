#include "daemon/core/run_program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::core {

namespace {

using std::chrono::steady_clock;

// Of this thread, while it lives: who does not read what we write must not end us.
class NoSigpipe {
 public:
  NoSigpipe() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() {
    const timespec none{};
    if (::sigismember(&before_, SIGPIPE) == 0) {
      while (::sigtimedwait(&pipe_, nullptr, &none) > 0) {
      }
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  return pointers;
}

// Its standard streams: nobody's where a descriptor is -1.
Result<pid_t> spawn(const ProgramRun& run, int in, int out) {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  ::posix_spawn_file_actions_init(&actions);
  if (in >= 0) {
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  } else {
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    if (out >= 0) {
      ::posix_spawn_file_actions_adddup2(&actions, out, stream);
    } else {
      ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    }
  }
  ::posix_spawnattr_init(&attributes);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> words = run.command;
  std::vector<std::string> own = run.variables;
  std::vector<char*> arguments = pointers_to(words);
  arguments.push_back(nullptr);
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
  for (char* variable : pointers_to(own)) environment.push_back(variable);
  environment.push_back(nullptr);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed == ENOENT) return make_error(ErrorCode::kNotFound, "there is no such program", run.command.front());
  if (failed != 0) return errno_error(failed, "start the program", run.command.front());
  return pid;
}

// Feeds and reads a program at once, so that neither waits for the other.
class Talk {
 public:
  Talk(Fd to, std::string_view input, Fd from, std::size_t most, Fd end)
      : to_(std::move(to)), input_(input), from_(std::move(from)), most_(most), end_(std::move(end)) {}

  // False: the time was over before the program was.
  bool until(steady_clock::time_point deadline) {
    for (;;) {
      if (input_.empty()) to_.reset();
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
      if (left.count() <= 0) return false;
      std::array<pollfd, 3> ready{{{to_.get(), POLLOUT, 0}, {from_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
      if (::poll(ready.data(), ready.size(), static_cast<int>(left.count())) <= 0) continue;
      if (ready[0].revents != 0) write();
      if (ready[1].revents != 0) read();
      if (ready[2].revents == 0) continue;
      while (from_.valid() && read()) {
      }
      return true;
    }
  }
  std::string take_output() {
    if (output_.size() > most_) output_.erase(0, output_.size() - most_);
    return std::move(output_);
  }

 private:
  void write() {
    const ssize_t wrote = ::write(to_.get(), input_.data(), input_.size());
    if (wrote > 0) {
      input_.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno != EAGAIN && errno != EINTR) {
      input_ = {};
    }
  }
  // Whether there was something.
  bool read() {
    std::array<char, 16'384> part{};
    const ssize_t got = ::read(from_.get(), part.data(), part.size());
    if (got > 0) {
      output_.append(part.data(), static_cast<std::size_t>(got));
      if (output_.size() > 2 * most_ + part.size()) output_.erase(0, output_.size() - most_);
      return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) from_.reset();
    return false;
  }

  Fd to_;
  std::string_view input_;
  Fd from_;
  std::size_t most_;
  Fd end_;  // readable when the program has ended
  std::string output_;
};

Result<void> make_pipe(Fd& reading, Fd& writing) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "make", "a pipe");
  reading = Fd(ends[0]);
  writing = Fd(ends[1]);
  return {};
}

}  // namespace

std::string ProgramEnd::text() const {
  if (late) return "did not end within its time";
  if (signal != 0) return fmt::format("was killed by signal {}", signal);
  return fmt::format("ended with {}", code);
}

Result<ProgramEnd> run_program(const ProgramRun& run) {
  const NoSigpipe no_sigpipe;
  Fd its_in;
  Fd our_out;
  Fd our_in;
  Fd its_out;
  if (!run.input.empty()) {
    if (auto made = make_pipe(its_in, our_out); !made) return made.error();
    ::fcntl(our_out.get(), F_SETFL, O_NONBLOCK);
  }
  if (run.most_output > 0) {
    if (auto made = make_pipe(our_in, its_out); !made) return made.error();
    ::fcntl(our_in.get(), F_SETFL, O_NONBLOCK);
  }
  const auto pid = spawn(run, its_in.valid() ? its_in.get() : -1, its_out.valid() ? its_out.get() : -1);
  if (!pid) return pid.error();
  its_in.reset();
  its_out.reset();
  Fd end(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  ProgramEnd ended;
  ended.late = !end.valid();
  Talk talk(std::move(our_out), run.input, std::move(our_in), run.most_output, std::move(end));
  if (!ended.late) ended.late = !talk.until(steady_clock::now() + run.time);
  if (ended.late) ::kill(-*pid, SIGKILL);
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ended.output = talk.take_output();
  return ended;
}

}  // namespace telltale::core
