#include "sdk/validator/guard.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sdk/validator/syscall_filter.h"

namespace telltale::validator {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TELLTALE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TELLTALE_SANITIZED 1
#endif
#endif

[[maybe_unused]] constexpr rlim_t kMemory = rlim_t{1} << 30U;
constexpr rlim_t kDescriptors = 1'024;
constexpr rlim_t kFileBytes = rlim_t{64} << 20U;

void limit(__rlimit_resource resource, rlim_t most) {
  const rlimit value{most, most};
  ::setrlimit(resource, &value);
}

void limit_resources() {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kDescriptors);
  limit(RLIMIT_FSIZE, kFileBytes);
#ifndef TELLTALE_SANITIZED  // sanitizers reserve terabytes of addresses
  limit(RLIMIT_AS, kMemory);
#endif
}

void forget_signals() {
  for (int number = 1; number < NSIG; ++number) {
    if (number != SIGKILL && number != SIGSTOP) ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void private_environment(const std::string& directory) {
  ::clearenv();
  ::setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
  ::setenv("LANG", "C.UTF-8", 1);
  ::setenv("HOME", directory.c_str(), 1);
  ::setenv("TMPDIR", directory.c_str(), 1);
}

constexpr std::uint64_t kTruncate = std::uint64_t{1} << 14U;  // LANDLOCK_ACCESS_FS_TRUNCATE of ABI 3
constexpr std::uint64_t kWriting = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

void allow_below(int ruleset, const char* path, std::uint64_t access) {
  const int place = ::open(path, O_PATH | O_CLOEXEC);
  if (place < 0) return;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = place;
  ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  ::close(place);
}

// Nothing outside `directory` is written, where the kernel has Landlock.
void confine_writing(const std::string& directory) {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kWriting | (abi >= 3 ? kTruncate : 0);
  const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset < 0) return;
  allow_below(ruleset, directory.c_str(), attributes.handled_access_fs);
  allow_below(ruleset, "/dev", attributes.handled_access_fs & (LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) ::syscall(SYS_landlock_restrict_self, ruleset, 0);
  ::close(ruleset);
}

// Signals to others, and what changes the machine.
void add_harm(SyscallFilter& filter, Answer answer) {
  const auto self = static_cast<std::uint32_t>(::getpid());
  filter.unless_equal(SYS_kill, 0, self, answer);
  filter.unless_equal(SYS_tgkill, 0, self, answer);
  filter.unless_equal(SYS_rt_sigqueueinfo, 0, self, answer);
  filter.unless_equal(SYS_rt_tgsigqueueinfo, 0, self, answer);
  filter.always(SYS_pidfd_send_signal, answer);
  for (const long number :
       {static_cast<long>(SYS_clock_settime), static_cast<long>(SYS_settimeofday), static_cast<long>(SYS_reboot),
        static_cast<long>(SYS_mount), static_cast<long>(SYS_umount2), static_cast<long>(SYS_ptrace)}) {
    filter.always(number, Answer::kRefuse);
  }
#ifdef SYS_clock_settime64
  filter.always(SYS_clock_settime64, Answer::kRefuse);
#endif
}

void add_processes(SyscallFilter& filter, Answer answer) {
  filter.unless_any_bit(SYS_clone, 0, CLONE_THREAD, answer);
#ifdef SYS_fork
  filter.always(SYS_fork, answer);
  filter.always(SYS_vfork, answer);
#endif
  filter.always(SYS_execve, answer);
  filter.always(SYS_execveat, answer);
}

void add_files_and_sockets(SyscallFilter& filter) {
  for (const long number : {static_cast<long>(SYS_socket), static_cast<long>(SYS_openat),
                            static_cast<long>(SYS_mkdirat), static_cast<long>(SYS_unlinkat)}) {
    filter.always(number, Answer::kAsk);
  }
#ifdef SYS_open
  for (const long number : {static_cast<long>(SYS_open), static_cast<long>(SYS_creat), static_cast<long>(SYS_mkdir),
                            static_cast<long>(SYS_unlink), static_cast<long>(SYS_rmdir)}) {
    filter.always(number, Answer::kAsk);
  }
#endif
}

// The parent takes the descriptor out of this process; until then nothing that it is asked about may be called.
bool hand_over(Stage& stage, int listener) {
  stage.listener = listener;
  while (stage.watched == 0) {
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  ::close(listener);
  return stage.watched == 1;
}

}  // namespace

void enter_guard(const std::string& directory) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  forget_signals();
  private_environment(directory);
  limit_resources();
  confine_writing(directory);
  if (::chdir(directory.c_str()) != 0) ::_exit(EXIT_FAILURE);
}

bool guard_calls(Stage& stage, bool watched) {
  SyscallFilter filter;
  // glibc then calls clone, whose flags a filter can see.
  filter.always(SYS_clone3, Answer::kNotThere);
  add_harm(filter, watched ? Answer::kAsk : Answer::kRefuse);
  if (!watched) return filter.install();
  add_processes(filter, Answer::kAsk);
  add_files_and_sockets(filter);
  const int listener = filter.install_with_listener();
  return listener >= 0 && hand_over(stage, listener);
}

void forbid_processes() {
  SyscallFilter filter;
  add_processes(filter, Answer::kRefuse);
  static_cast<void>(filter.install());
}

}  // namespace telltale::validator
