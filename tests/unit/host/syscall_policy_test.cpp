// The allow-list of system calls, walked as a table, and the program that is made of it.
#include "daemon/host/syscall_policy.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <telltale/plugin.h>

#include "daemon/host/seccomp_filter.h"
#include "daemon/host/syscall_names.h"

namespace telltale::host {
namespace {

using enum CallVerdict;
using Arguments = std::array<std::uint64_t, 6>;

constexpr int kSelf = 4711;
constexpr std::uint64_t kPointer = 0x7fff12345678;

CallVerdict verdict(std::uint32_t needs, std::string_view name, const Arguments& arguments, bool writes = false,
                    bool paths_guarded = true) {
  CallPolicy policy;
  policy.needs = needs;
  policy.writes = writes;
  policy.paths_guarded = paths_guarded;
  policy.self = kSelf;
  return decide_call(call_rules(policy), syscall_number(name), arguments);
}

struct Row {
  const char* call;
  Arguments arguments;
  CallVerdict without;  // any need
  std::uint32_t need;   // that changes it
  CallVerdict with;
};

TEST(SyscallPolicy, AllowsWhatANeedWantsAndNothingElse) {
  constexpr std::uint32_t kNetwork = TELLTALE_NEEDS_NETWORK;
  constexpr std::uint32_t kLocal = TELLTALE_NEEDS_LOCAL_SOCKETS;
  constexpr std::uint32_t kProcesses = TELLTALE_NEEDS_PROCESSES;
  constexpr std::uint32_t kDevices = TELLTALE_NEEDS_DEVICES;
  constexpr std::uint64_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  const Row table[] = {
      {"read", {0, kPointer, 8}, kAllow, kNetwork, kAllow},
      {"openat", {0, kPointer, O_RDONLY | O_CLOEXEC}, kAllow, kDevices, kAllow},
      {"openat", {0, kPointer, O_RDONLY | O_TRUNC}, kRefuse, kDevices, kRefuse},
      {"openat", {0, kPointer, O_WRONLY | O_CREAT | O_TRUNC}, kAllow, kDevices, kAllow},
      {"openat2", {0, kPointer, kPointer}, kAbsent, kDevices, kAbsent},
      {"truncate", {kPointer, 0}, kRefuse, kDevices, kRefuse},
      {"unlinkat", {0, kPointer, 0}, kRefuse, kDevices, kRefuse},
      {"fchmodat", {0, kPointer, 0}, kRefuse, kDevices, kRefuse},
      {"socket", {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0}, kRefuse, kNetwork, kAllow},
      {"socket", {AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0}, kRefuse, kNetwork, kAllow},
      {"socket", {AF_INET, SOCK_RAW, 1}, kRefuse, kNetwork, kRefuse},
      {"socket", {AF_PACKET, SOCK_DGRAM, 0}, kRefuse, kNetwork, kRefuse},
      {"socket", {AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0}, kRefuse, kNetwork, kAllow},
      {"socket", {AF_NETLINK, SOCK_RAW, 16}, kRefuse, kNetwork, kRefuse},
      {"socket", {AF_UNIX, SOCK_STREAM, 0}, kRefuse, kNetwork, kQuiet},
      {"socket", {AF_UNIX, SOCK_STREAM, 0}, kRefuse, kLocal, kAllow},
      {"socket", {AF_INET, SOCK_STREAM, 0}, kRefuse, kLocal, kRefuse},
      {"socketpair", {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0}, kAllow, kLocal, kAllow},
      {"socketpair", {AF_UNIX, SOCK_DGRAM, 0}, kRefuse, kLocal, kAllow},
      {"connect", {3, kPointer, 16}, kRefuse, kNetwork, kAllow},
      {"bind", {3, kPointer, 16}, kRefuse, kLocal, kAllow},
      {"ioctl", {3, TCGETS}, kAllow, kDevices, kAllow},
      {"ioctl", {3, TIOCSTI}, kRefuse, kDevices, kRefuse},
      {"ioctl", {3, 0x5405}, kRefuse, kDevices, kAllow},
      {"clone", {kThread}, kAsk, kProcesses, kAsk},
      {"clone", {SIGCHLD}, kRefuse, kProcesses, kAsk},
      {"clone", {kThread | CLONE_NEWUSER}, kRefuse, kProcesses, kRefuse},
      {"clone3", {kPointer, 88}, kAbsent, kProcesses, kAbsent},
      {"execve", {kPointer}, kRefuse, kProcesses, kAllow},
      {"setsid", {}, kRefuse, kProcesses, kRefuse},
      {"kill", {kSelf, SIGTERM}, kAllow, kProcesses, kAllow},
      {"kill", {1, SIGKILL}, kRefuse, kProcesses, kAsk},
      {"kill", {static_cast<std::uint64_t>(-1), SIGKILL}, kRefuse, kProcesses, kAsk},
      {"tgkill", {kSelf, kSelf + 1, SIGABRT}, kAllow, kProcesses, kAllow},
      {"tkill", {kSelf, SIGABRT}, kRefuse, kProcesses, kRefuse},
      {"pidfd_send_signal", {}, kRefuse, kProcesses, kRefuse},
      {"ptrace", {}, kRefuse, kProcesses, kRefuse},
      {"process_vm_readv", {}, kRefuse, kProcesses, kRefuse},
      {"process_vm_writev", {}, kRefuse, kProcesses, kRefuse},
      {"io_uring_setup", {}, kRefuse, kNetwork, kRefuse},
      {"bpf", {}, kRefuse, kNetwork, kRefuse},
      {"mount", {}, kRefuse, kDevices, kRefuse},
      {"reboot", {}, kRefuse, kDevices, kRefuse},
      {"clock_settime", {}, kRefuse, kDevices, kRefuse},
      {"prctl", {PR_SET_NAME, kPointer}, kAllow, kProcesses, kAllow},
      {"prctl", {PR_SET_DUMPABLE, 1}, kRefuse, kProcesses, kRefuse},
      {"prctl", {PR_SET_PDEATHSIG, 0}, kRefuse, kProcesses, kRefuse},
      {"prlimit64", {0, 7, 0, kPointer}, kAllow, kProcesses, kAllow},
      {"prlimit64", {0, 7, kPointer, 0}, kRefuse, kProcesses, kRefuse},
      {"prlimit64", {0, 7, std::uint64_t{1} << 32U, 0}, kRefuse, kProcesses, kRefuse},
      {"prlimit64", {1, 7, 0, kPointer}, kRefuse, kProcesses, kRefuse},
  };
  for (const Row& row : table) {
    EXPECT_EQ(verdict(0, row.call, row.arguments), row.without)
        << row.call << '(' << row.arguments[0] << ", " << row.arguments[1] << ')';
    EXPECT_EQ(verdict(row.need, row.call, row.arguments), row.with)
        << row.call << '(' << row.arguments[0] << ", " << row.arguments[1] << ") with " << row.need;
  }
}

TEST(SyscallPolicy, LetsFilesBeChangedOnlyWhereAPathWasGranted) {
  for (const char* call : {"unlinkat", "mkdirat", "renameat2", "fchmod"}) {
    EXPECT_EQ(verdict(0, call, {}), kRefuse) << call;
    EXPECT_EQ(verdict(0, call, {}, true), kAllow) << call;
  }
  const Arguments by_path = {0, kPointer, kPointer};
  EXPECT_EQ(verdict(0, "utimensat", by_path, true), kRefuse);
  EXPECT_EQ(verdict(0, "utimensat", {3, 0, kPointer}, true), kAllow);
}

TEST(SyscallPolicy, OpensNothingForWritingWhereNobodyGuardsPaths) {
  for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_WRONLY | O_CREAT, O_RDONLY | O_CREAT}) {
    EXPECT_EQ(verdict(0, "openat", {0, kPointer, flags}, false, false), kRefuse) << flags;
    EXPECT_EQ(verdict(0, "openat", {0, kPointer, flags}, true, false), kAllow) << flags;
  }
  EXPECT_EQ(verdict(0, "openat", {0, kPointer, O_RDONLY}, false, false), kAllow);
}

// What the kernel would do with the program: the few instructions that it is made of.
std::uint32_t run_program(const std::vector<sock_filter>& program, const seccomp_data& data) {
  std::uint32_t word = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&word, reinterpret_cast<const char*>(&data) + step.k, sizeof word);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        word &= step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        at += word == step.k ? step.jt : step.jf;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        at += word >= step.k ? step.jt : step.jf;
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        ADD_FAILURE() << "an instruction of another kind: " << step.code;
        return 0;
    }
  }
  ADD_FAILURE() << "the program has no end";
  return 0;
}

std::uint32_t this_machine() {
#if defined(__x86_64__)
  return AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  return AUDIT_ARCH_AARCH64;
#else
  return AUDIT_ARCH_ARM;
#endif
}

TEST(SeccompFilter, SaysOfEveryCallWhatTheRulesSay) {
  for (const std::uint32_t needs : {0U, 1U, 2U, 4U, 8U, 15U}) {
    CallPolicy policy;
    policy.needs = needs;
    policy.self = kSelf;
    const auto rules = call_rules(policy);
    const auto program = compile_filter(rules, true);
    ASSERT_TRUE(program.has_value());
    for (int number = 0; number < 500; ++number) {
      for (const Arguments& arguments :
           {Arguments{}, Arguments{kSelf, 1, 0}, Arguments{AF_INET, SOCK_STREAM}, Arguments{AF_UNIX, SOCK_DGRAM},
            Arguments{CLONE_THREAD}, Arguments{CLONE_NEWNS}, Arguments{kPointer, TIOCSTI, O_TRUNC},
            Arguments{0, 0, std::uint64_t{1} << 32U}}) {
        seccomp_data data{};
        data.nr = number;
        data.arch = this_machine();
        std::copy(arguments.begin(), arguments.end(), std::begin(data.args));
        std::uint32_t expected = SECCOMP_RET_USER_NOTIF;
        const CallVerdict said = decide_call(rules, number, arguments);
        if (said == kAllow) expected = SECCOMP_RET_ALLOW;
        if (said == kQuiet) expected = SECCOMP_RET_ERRNO | EPERM;
        if (said == kAbsent) expected = SECCOMP_RET_ERRNO | ENOSYS;
        ASSERT_EQ(run_program(*program, data), expected) << syscall_name(number) << " needs " << needs;
      }
    }
  }
}

TEST(SeccompFilter, EndsAProcessThatCallsAsAnotherMachine) {
  const auto program = compile_filter(call_rules({}), true);
  ASSERT_TRUE(program.has_value());
  seccomp_data data{};
  data.arch = AUDIT_ARCH_I386;
  EXPECT_EQ(run_program(*program, data), SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
  data.arch = AUDIT_ARCH_X86_64;
  data.nr = 0x40000000;
  EXPECT_EQ(run_program(*program, data), SECCOMP_RET_KILL_PROCESS) << "the x32 numbers";
#endif
}

TEST(SyscallNames, GoBothWays) {
  for (const char* name : {"openat", "socket", "clone3", "rt_sigreturn"}) {
    EXPECT_EQ(syscall_name(syscall_number(name)), name);
  }
  EXPECT_EQ(syscall_name(9'999), "system call 9999");
  EXPECT_EQ(syscall_number("make_coffee"), -1);
}

}  // namespace
}  // namespace telltale::host
