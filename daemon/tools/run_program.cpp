#include "daemon/tools/run_program.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::tools {

namespace {

using std::chrono::steady_clock;

core::Result<pid_t> spawn(const std::vector<std::string>& command, const core::Fd& out) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), 2);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) return core::make_error(core::ErrorCode::kNotFound, "there is no program " + command[0]);
  if (failed != 0) return core::errno_error(failed, "run", command[0]);
  return pid;
}

// True: it has closed its end.
bool read_until(const core::Fd& in, std::string& text, std::size_t most, steady_clock::time_point deadline) {
  std::array<char, 65'536> part{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd ready{in.get(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) return false;
    const ssize_t got = ::read(in.get(), part.data(), part.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return true;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > 2 * most) text.erase(0, text.size() - most);
  }
}

}  // namespace

core::Result<std::string> output_of(const std::vector<std::string>& command, std::size_t most,
                                    std::chrono::seconds time) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return core::errno_error(errno, "make", "a pipe");
  const core::Fd in(ends[0]);
  core::Fd out(ends[1]);
  const auto pid = spawn(command, out);
  if (!pid) return pid.error();
  out.reset();
  std::string text;
  const bool ended = read_until(in, text, most, steady_clock::now() + time);
  if (!ended) ::kill(*pid, SIGKILL);
  while (::waitpid(*pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!ended) return core::make_error(core::ErrorCode::kUnavailable, command[0] + " took too long");
  if (text.size() > most) text.erase(0, text.size() - most);
  return text;
}

}  // namespace telltale::tools
