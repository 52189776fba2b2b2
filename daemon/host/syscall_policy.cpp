#include "daemon/host/syscall_policy.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <telltale/plugin.h>

#include "daemon/host/syscall_names.h"

namespace telltale::host {

namespace {

using Names = std::span<const std::string_view>;

// Calls that this machine does not have are left out: 32-bit names, and those of older machines.
constexpr std::string_view kFiles[] = {"read",
                                       "write",
                                       "close",
                                       "close_range",
                                       "readv",
                                       "writev",
                                       "pread64",
                                       "pwrite64",
                                       "preadv",
                                       "pwritev",
                                       "preadv2",
                                       "pwritev2",
                                       "lseek",
                                       "_llseek",
                                       "fstat",
                                       "fstat64",
                                       "newfstatat",
                                       "fstatat64",
                                       "stat",
                                       "stat64",
                                       "lstat",
                                       "lstat64",
                                       "statx",
                                       "access",
                                       "faccessat",
                                       "faccessat2",
                                       "readlink",
                                       "readlinkat",
                                       "getdents",
                                       "getdents64",
                                       "dup",
                                       "dup2",
                                       "dup3",
                                       "fcntl",
                                       "fcntl64",
                                       "pipe",
                                       "pipe2",
                                       "sendfile",
                                       "sendfile64",
                                       "splice",
                                       "tee",
                                       "copy_file_range",
                                       "fsync",
                                       "fdatasync",
                                       "sync_file_range",
                                       "arm_sync_file_range",
                                       "ftruncate",
                                       "ftruncate64",
                                       "fallocate",
                                       "fadvise64",
                                       "arm_fadvise64_64",
                                       "fadvise64_64",
                                       "readahead",
                                       "flock",
                                       "statfs",
                                       "statfs64",
                                       "fstatfs",
                                       "fstatfs64",
                                       "getcwd",
                                       "chdir",
                                       "fchdir",
                                       "umask",
                                       "inotify_init",
                                       "inotify_init1",
                                       "inotify_add_watch",
                                       "inotify_rm_watch"};
constexpr std::string_view kWaiting[] = {"poll",
                                         "ppoll",
                                         "ppoll_time64",
                                         "select",
                                         "_newselect",
                                         "pselect6",
                                         "pselect6_time64",
                                         "epoll_create",
                                         "epoll_create1",
                                         "epoll_ctl",
                                         "epoll_wait",
                                         "epoll_pwait",
                                         "epoll_pwait2",
                                         "eventfd",
                                         "eventfd2",
                                         "signalfd",
                                         "signalfd4",
                                         "timerfd_create",
                                         "timerfd_settime",
                                         "timerfd_settime64",
                                         "timerfd_gettime",
                                         "timerfd_gettime64",
                                         "nanosleep",
                                         "clock_nanosleep",
                                         "clock_nanosleep_time64",
                                         "pause",
                                         "wait4",
                                         "waitid",
                                         "futex",
                                         "futex_time64",
                                         "futex_waitv",
                                         "restart_syscall"};
constexpr std::string_view kMemory[] = {"brk",        "mmap",    "mmap2",      "munmap",  "mprotect",   "mremap",
                                        "madvise",    "mincore", "msync",      "mlock",   "mlock2",     "munlock",
                                        "membarrier", "rseq",    "arch_prctl", "set_tls", "cacheflush", "breakpoint"};
constexpr std::string_view kSelf[] = {"rt_sigaction",
                                      "rt_sigprocmask",
                                      "rt_sigreturn",
                                      "sigreturn",
                                      "rt_sigpending",
                                      "rt_sigsuspend",
                                      "rt_sigtimedwait",
                                      "rt_sigtimedwait_time64",
                                      "sigaltstack",
                                      "exit",
                                      "exit_group",
                                      "getpid",
                                      "gettid",
                                      "getppid",
                                      "getuid",
                                      "getuid32",
                                      "geteuid",
                                      "geteuid32",
                                      "getgid",
                                      "getgid32",
                                      "getegid",
                                      "getegid32",
                                      "getgroups",
                                      "getgroups32",
                                      "getresuid",
                                      "getresuid32",
                                      "getresgid",
                                      "getresgid32",
                                      "getpgid",
                                      "getpgrp",
                                      "getsid",
                                      "getcpu",
                                      "getrusage",
                                      "getrlimit",
                                      "ugetrlimit",
                                      "getpriority",
                                      "capget",
                                      "ioprio_get",
                                      "set_tid_address",
                                      "set_robust_list",
                                      "get_robust_list",
                                      "sched_yield",
                                      "sched_getaffinity",
                                      "sched_getparam",
                                      "sched_getscheduler",
                                      "sched_getattr",
                                      "sched_get_priority_max",
                                      "sched_get_priority_min",
                                      "sched_rr_get_interval",
                                      "sched_rr_get_interval_time64",
                                      "sysinfo",
                                      "uname",
                                      "getrandom",
                                      "time",
                                      "times",
                                      "gettimeofday",
                                      "clock_gettime",
                                      "clock_gettime64",
                                      "clock_getres",
                                      "clock_getres_time64",
                                      "timer_create",
                                      "timer_settime",
                                      "timer_settime64",
                                      "timer_gettime",
                                      "timer_gettime64",
                                      "timer_getoverrun",
                                      "timer_delete",
                                      "getitimer",
                                      "setitimer",
                                      "alarm"};
// On sockets that it has; which ones it can get is decided by socket, socketpair, bind and connect.
constexpr std::string_view kSocketUse[] = {"send",       "sendto",      "sendmsg",     "sendmmsg",        "recv",
                                           "recvfrom",   "recvmsg",     "recvmmsg",    "recvmmsg_time64", "getsockopt",
                                           "setsockopt", "getsockname", "getpeername", "shutdown"};
constexpr std::string_view kSocketMaking[] = {"bind", "connect", "listen", "accept", "accept4"};
// Landlock says where. By file descriptor only, where Landlock has no word: chmod, chown, times.
constexpr std::string_view kChanging[] = {"mkdir",    "mkdirat",   "rmdir",        "unlink",    "unlinkat",
                                          "rename",   "renameat",  "renameat2",    "link",      "linkat",
                                          "symlink",  "symlinkat", "creat",        "fchmod",    "fchown",
                                          "fchown32", "fsetxattr", "fremovexattr", "fgetxattr", "flistxattr"};
constexpr std::string_view kPrograms[] = {"execve", "execveat"};
constexpr std::string_view kForking[] = {"fork", "vfork"};
constexpr std::string_view kSignals[] = {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"};
constexpr std::string_view kForSanitizer[] = {
    "ptrace",      "clone",     "clone3",   "prctl", "process_vm_readv", "sched_setaffinity",
    "personality", "prlimit64", "setrlimit"};

constexpr std::uint32_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                         CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME;
constexpr std::uint32_t kSocketTypeMask = 0xf;  // the rest of the word is SOCK_CLOEXEC and SOCK_NONBLOCK

CallCondition is(std::uint8_t argument, std::uint32_t value) { return {argument, 0xffffffff, value, true, false}; }
CallCondition masked(std::uint8_t argument, std::uint32_t mask, std::uint32_t value) {
  return {argument, mask, value, true, false};
}
CallCondition any_of(std::uint8_t argument, std::uint32_t mask) { return {argument, mask, 0, false, false}; }

class Rules {
 public:
  explicit Rules(const CallPolicy& policy) : policy_(policy) {}

  std::vector<CallRule> make() {
    if (policy_.for_sanitizer) all(kForSanitizer, CallVerdict::kAllow);
    for (const Names names : {Names(kFiles), Names(kWaiting), Names(kMemory), Names(kSelf), Names(kSocketUse)}) {
      all(names, CallVerdict::kAllow);
    }
    files();
    sockets();
    devices();
    processes();
    self();
    return std::move(rules_);
  }

 private:
  [[nodiscard]] bool needs(std::uint32_t need) const { return (policy_.needs & need) != 0; }
  void add(std::string_view name, CallVerdict verdict, std::vector<CallCondition> when = {}) {
    const int number = syscall_number(name);
    if (number >= 0) rules_.push_back({number, verdict, std::move(when)});
  }
  void all(Names names, CallVerdict verdict) {
    for (const std::string_view name : names) add(name, verdict);
  }

  void files() {
    const bool read_only = !policy_.writes && !policy_.paths_guarded && !needs(TELLTALE_NEEDS_DEVICES);
    for (const auto& [name, flags] : {std::pair<std::string_view, std::uint8_t>{"open", 1}, {"openat", 2}}) {
      // Landlock before kernel 6.2 does not see a truncation through a file that is opened for reading.
      add(name, CallVerdict::kRefuse, {masked(flags, O_ACCMODE | O_TRUNC, O_RDONLY | O_TRUNC)});
      if (read_only) add(name, CallVerdict::kRefuse, {any_of(flags, O_ACCMODE | O_CREAT)});
      add(name, CallVerdict::kAllow);
    }
    add("openat2", CallVerdict::kAbsent);
    if (!policy_.writes) return;
    all(kChanging, CallVerdict::kAllow);
    // futimens: the path is NULL.
    add("utimensat", CallVerdict::kAllow, {is(1, 0), {1, 0xffffffff, 0, true, true}});
  }

  void sockets() {
    const bool local = needs(TELLTALE_NEEDS_LOCAL_SOCKETS);
    const bool network = needs(TELLTALE_NEEDS_NETWORK);
    // A datagram pair could send to anybody's socket.
    if (!local) add("socketpair", CallVerdict::kRefuse, {masked(1, kSocketTypeMask, SOCK_DGRAM)});
    add("socketpair", CallVerdict::kAllow, {is(0, AF_UNIX)});
    if (network) {
      add("socket", CallVerdict::kAllow, {is(0, AF_INET), {1, kSocketTypeMask, SOCK_RAW, false, false}});
      add("socket", CallVerdict::kAllow, {is(0, AF_INET6), {1, kSocketTypeMask, SOCK_RAW, false, false}});
      // Name resolution asks which addresses this machine has.
      add("socket", CallVerdict::kAllow, {is(0, AF_NETLINK), is(2, 0)});
      // … and looks for a cache of names at a Unix socket first; it can do without.
      if (!local) add("socket", CallVerdict::kQuiet, {is(0, AF_UNIX)});
    }
    if (local) {
      add("socket", CallVerdict::kAllow, {is(0, AF_UNIX)});
      add("socket", CallVerdict::kAllow, {is(0, AF_NETLINK)});
    }
    if (network || local) all(kSocketMaking, CallVerdict::kAllow);
  }

  void devices() {
    if (needs(TELLTALE_NEEDS_DEVICES)) {
      // These type for the user of a terminal.
      for (const std::uint32_t request : {std::uint32_t{TIOCSTI}, std::uint32_t{TIOCLINUX}}) {
        add("ioctl", CallVerdict::kRefuse, {is(1, request)});
      }
      return add("ioctl", CallVerdict::kAllow);
    }
    for (const std::uint32_t request : {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, FIOASYNC, TIOCOUTQ}) {
      add("ioctl", CallVerdict::kAllow, {is(1, request)});
    }
    if (!needs(TELLTALE_NEEDS_NETWORK | TELLTALE_NEEDS_LOCAL_SOCKETS)) return;
    for (const std::uint32_t request : {SIOCGIFNAME, SIOCGIFCONF, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFBRDADDR,
                                        SIOCGIFNETMASK, SIOCGIFMTU, SIOCGIFHWADDR, SIOCGIFINDEX, SIOCATMARK}) {
      add("ioctl", CallVerdict::kAllow, {is(1, request)});
    }
  }

  void processes() {
    const bool forks = needs(TELLTALE_NEEDS_PROCESSES);
    const CallVerdict counted = policy_.asks ? CallVerdict::kAsk : CallVerdict::kAllow;
    add("clone3", CallVerdict::kAbsent);
    add("clone", CallVerdict::kRefuse, {any_of(0, kNewNamespaces)});
    add("clone", counted, {any_of(0, CLONE_THREAD)});
    const auto self = static_cast<std::uint32_t>(policy_.self);
    for (const std::string_view name : kSignals) add(name, CallVerdict::kAllow, {is(0, self)});
    if (!forks) return;
    add("clone", counted);
    all(kForking, counted);
    all(kPrograms, CallVerdict::kAllow);
    if (policy_.asks) all(kSignals, CallVerdict::kAsk);
  }

  void self() {
    for (const std::uint32_t option :
         {std::uint32_t{PR_SET_NAME}, std::uint32_t{PR_GET_NAME}, std::uint32_t{PR_GET_DUMPABLE},
          std::uint32_t{PR_SET_TIMERSLACK}, std::uint32_t{PR_GET_TIMERSLACK}, std::uint32_t{PR_GET_PDEATHSIG},
          std::uint32_t{PR_CAPBSET_READ}, std::uint32_t{PR_GET_NO_NEW_PRIVS}, std::uint32_t{PR_SET_NO_NEW_PRIVS},
          std::uint32_t{PR_GET_SECCOMP}, std::uint32_t{0x53564d41}}) {  // the last: PR_SET_VMA names memory
      add("prctl", CallVerdict::kAllow, {is(0, option)});
    }
    // Reading its own limits, setting none.
    const CallCondition no_pointer_low = is(2, 0);
    const CallCondition no_pointer_high{2, 0xffffffff, 0, true, true};
    for (const std::uint32_t process : {0U, static_cast<std::uint32_t>(policy_.self)}) {
      add("prlimit64", CallVerdict::kAllow, {is(0, process), no_pointer_low, no_pointer_high});
    }
    add("personality", CallVerdict::kAllow, {is(0, 0xffffffff)});
  }

  const CallPolicy& policy_;
  std::vector<CallRule> rules_;
};

bool holds(const CallCondition& condition, const std::array<std::uint64_t, 6>& arguments) {
  const std::uint64_t argument = arguments.at(condition.argument);
  const auto word = static_cast<std::uint32_t>(condition.high ? argument >> 32U : argument);
  return ((word & condition.mask) == condition.value) == condition.equal;
}

}  // namespace

std::vector<CallRule> call_rules(const CallPolicy& policy) { return Rules(policy).make(); }

CallVerdict decide_call(std::span<const CallRule> rules, int number, const std::array<std::uint64_t, 6>& arguments) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const CallRule& rule) {
    return rule.number == number &&
           std::all_of(rule.when.begin(), rule.when.end(),
                       [&](const CallCondition& condition) { return holds(condition, arguments); });
  });
  return found == rules.end() ? CallVerdict::kRefuse : found->verdict;
}

}  // namespace telltale::host
