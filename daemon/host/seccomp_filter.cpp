#include "daemon/host/seccomp_filter.h"

#include <cerrno>
#include <cstddef>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace telltale::host {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kForeignCalls = 0x40000000;  // the x32 way of calling
#elif defined(__aarch64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kForeignCalls = 0;
#elif defined(__arm__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_ARM;
constexpr std::uint32_t kForeignCalls = 0;
#else
#error "isolation knows x86_64, aarch64 and arm"
#endif
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low word of an argument comes first");

constexpr std::uint32_t kErrno = SECCOMP_RET_ERRNO;

std::uint32_t word_of(const CallCondition& condition) {
  const std::size_t argument = offsetof(seccomp_data, args) + sizeof(std::uint64_t) * condition.argument;
  return static_cast<std::uint32_t>(argument + (condition.high ? sizeof(std::uint32_t) : 0));
}

std::uint32_t action_of(CallVerdict verdict, bool reports) {
  switch (verdict) {
    case CallVerdict::kAllow:
      return SECCOMP_RET_ALLOW;
    case CallVerdict::kAsk:
    case CallVerdict::kRefuse:
      return reports ? SECCOMP_RET_USER_NOTIF : kErrno | EPERM;
    case CallVerdict::kQuiet:
      return kErrno | EPERM;
    case CallVerdict::kAbsent:
      return kErrno | ENOSYS;
  }
  return SECCOMP_RET_KILL_PROCESS;
}

class Program {
 public:
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  void load_number() { load(offsetof(seccomp_data, nr)); }
  void mask(std::uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits); }
  void answer(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  // Goes on when the word is `value` (or is not), else skips `steps`.
  void expect(std::uint32_t value, bool equal, std::uint8_t steps) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, equal ? 0 : steps, equal ? steps : 0);
  }
  // Goes on when the word is not below `value`, else skips `steps`.
  void at_least(std::uint32_t value, std::uint8_t steps) { add(BPF_JMP | BPF_JGE | BPF_K, value, 0, steps); }
  [[nodiscard]] std::vector<sock_filter> take() { return std::move(steps_); }

 private:
  void add(std::uint32_t code, std::uint32_t k, std::uint8_t yes = 0, std::uint8_t no = 0) {
    steps_.push_back({static_cast<std::uint16_t>(code), yes, no, k});
  }
  std::vector<sock_filter> steps_;
};

// Three steps for a condition (load, mask, compare), the answer, and the number back for the next rule.
void add_rule(Program& program, const CallRule& rule, bool reports) {
  const std::size_t body = 3 * rule.when.size() + 1;
  const std::size_t tail = rule.when.empty() ? 0 : 1;
  program.expect(static_cast<std::uint32_t>(rule.number), true, static_cast<std::uint8_t>(body + tail));
  std::size_t left = body;
  for (const CallCondition& condition : rule.when) {
    left -= 3;
    program.load(word_of(condition));
    program.mask(condition.mask);
    program.expect(condition.value, condition.equal, static_cast<std::uint8_t>(left));
  }
  program.answer(action_of(rule.verdict, reports));
  if (tail != 0) program.load_number();
}

// A descriptor, 0, or -1 with errno.
int install(const std::vector<sock_filter>& steps, unsigned flags) {
  std::vector<sock_filter> copy = steps;
  const sock_fprog program{static_cast<unsigned short>(copy.size()), copy.data()};
  return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

}  // namespace

core::Result<std::vector<sock_filter>> compile_filter(std::span<const CallRule> rules, bool reports) {
  Program program;
  program.load(offsetof(seccomp_data, arch));
  program.expect(kMachine, false, 1);
  program.answer(SECCOMP_RET_KILL_PROCESS);
  program.load_number();
  if (kForeignCalls != 0) {
    program.at_least(kForeignCalls, 1);
    program.answer(SECCOMP_RET_KILL_PROCESS);
  }
  for (const CallRule& rule : rules) add_rule(program, rule, reports);
  program.answer(action_of(CallVerdict::kRefuse, reports));
  auto steps = program.take();
  if (steps.size() > BPF_MAXINSNS) {
    return core::make_error(core::ErrorCode::kLimit, "the filter of system calls has too many steps");
  }
  return steps;
}

core::Result<FilterInForce> enforce_filter(std::span<const CallRule> rules, std::span<const CallRule> without_listener,
                                           bool listened) {
  auto named = compile_filter(rules, true);
  auto plain = compile_filter(without_listener, false);
  if (!named) return named.error();
  if (!plain) return plain.error();
  const int listener = listened ? install(*named, SECCOMP_FILTER_FLAG_NEW_LISTENER) : -1;
  if (listener >= 0) return FilterInForce{core::Fd(listener), true};
  if (install(*plain, 0) == 0) return FilterInForce{core::Fd(), true};
  if (errno == ENOSYS || errno == EINVAL) return FilterInForce{};
  return core::errno_error(errno, "seccomp");
}

}  // namespace telltale::host
