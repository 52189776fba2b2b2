#include "daemon/notify/delivery.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include <boost/url/parse.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/core/escape.h"
#include "daemon/core/fd.h"
#include "daemon/core/utf8.h"
#include "daemon/net/client.h"

namespace telltale::notify {

namespace {

constexpr std::size_t kMostAnswer = 16'384;  // bytes of an answer; nobody needs them

core::Error failure(std::string why) { return core::make_error(core::ErrorCode::kUnavailable, std::move(why)); }

// What the client says, without its advice, which is about a daemon of ours.
std::string why_of(const core::Error& error) {
  std::string why = error.message;
  const auto open = why.find('(');
  const auto close = why.rfind(')');
  if (error.code == core::ErrorCode::kUnavailable && open != std::string::npos && close > open) {
    why = why.substr(open + 1, close - open - 1);
  }
  if (error.code == core::ErrorCode::kTimeout) why = "no answer in time";
  return std::string(core::cut_utf8(core::escape_line(why), 200));
}

core::Result<void> post(const Message& message, const core::NotifySpec& target) {
  const auto url = boost::urls::parse_uri(target.url);
  if (!url) return failure("is not an address like https://example.org/hook");
  net::ClientTarget place;
  place.url = std::string(url->scheme()) + "://" + std::string(url->encoded_authority());
  auto client = net::Client::make(place);
  if (!client) return client.error();
  net::ClientRequest request;
  request.path = url->encoded_target().empty() ? "/" : std::string(url->encoded_target());
  request.body = body_of(message, target);
  request.content_type = target.content_type;
  request.timeout = kPatience;
  request.headers = target.headers;
  request.most_answer = kMostAnswer;
  const auto answer = client->post(request);
  if (answer) return {};
  // The host alone: what stands behind it may be a secret.
  return failure(std::string(url->encoded_host_and_port()) + ": " + why_of(answer.error()));
}

// A program with the JSON on its standard input.
class Child {
 public:
  static core::Result<void> run(const core::NotifySpec& target, const std::string& input,
                                const std::vector<std::string>& variables) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return core::errno_error(errno, "pipe2");
    const core::Fd reading(pipe[0]);
    core::Fd writing(pipe[1]);
    auto pid = start(target.command, variables, reading.get());
    if (!pid) return pid.error();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    feed(writing, input, deadline);
    writing = core::Fd();
    return wait(*pid, deadline);
  }

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  static int left(Deadline deadline) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, ms.count()));
  }

  static core::Result<pid_t> start(const std::vector<std::string>& command, const std::vector<std::string>& variables,
                                   int input) {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawnattr_init(&attributes);
    sigset_t normal;
    sigemptyset(&normal);
    sigaddset(&normal, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &normal);
    sigemptyset(&normal);
    ::posix_spawnattr_setsigmask(&attributes, &normal);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::vector<std::string> words = command;
    std::vector<std::string> own = variables;
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    std::vector<char*> environment;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
    for (std::string& variable : own) environment.push_back(variable.data());
    environment.push_back(nullptr);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) return core::errno_error(error, "start the program", command.front());
    return pid;
  }

  // What it does not read is its own affair.
  static void feed(const core::Fd& to, std::string_view text, Deadline deadline) {
    ::fcntl(to.get(), F_SETFL, O_NONBLOCK);
    while (!text.empty()) {
      const ssize_t wrote = ::write(to.get(), text.data(), text.size());
      if (wrote > 0) {
        text.remove_prefix(static_cast<std::size_t>(wrote));
        continue;
      }
      if (errno != EAGAIN && errno != EINTR) return;
      pollfd ready{to.get(), POLLOUT, 0};
      if (::poll(&ready, 1, left(deadline)) == 0) return;
    }
  }

  static core::Result<void> wait(pid_t pid, Deadline deadline) {
    const core::Fd end(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    bool late = !end.valid();
    while (!late) {
      pollfd ready{end.get(), POLLIN, 0};
      const int polled = ::poll(&ready, 1, left(deadline));
      if (polled > 0) break;
      late = polled == 0;
    }
    if (late) ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (late) return failure(fmt::format("the program did not end within {} s", kPatience.count()));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return failure(WIFEXITED(status) ? fmt::format("the program ended with {}", WEXITSTATUS(status))
                                     : fmt::format("the program was killed by signal {}", WTERMSIG(status)));
  }
};

}  // namespace

core::Result<void> deliver(const Message& message, const core::NotifySpec& target) {
  if (!target.url.empty()) return post(message, target);
  const core::AlarmStatus& first = message.changes.front().alarm;
  return Child::run(
      target, json_of(message) + "\n",
      {"TELLTALE_DEVICE=" + message.device, "TELLTALE_RULE=" + first.spec.name,
       "TELLTALE_STATE=" + std::string(core::to_text(first.state)),
       "TELLTALE_SEVERITY=" + std::string(core::to_text(first.spec.severity)), "TELLTALE_TEXT=" + text_of(message)});
}

}  // namespace telltale::notify
