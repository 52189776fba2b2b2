#include "sdk/validator/syscall_filter.h"

#include <cerrno>
#include <cstddef>

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace telltale::validator {

namespace {

constexpr auto kLoad = static_cast<std::uint16_t>(BPF_LD | BPF_W | BPF_ABS);
constexpr auto kIfEqual = static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K);
constexpr auto kIfBits = static_cast<std::uint16_t>(BPF_JMP | BPF_JSET | BPF_K);
constexpr auto kReturn = static_cast<std::uint16_t>(BPF_RET | BPF_K);

std::uint32_t action_of(Answer answer) {
  switch (answer) {
    case Answer::kRefuse:
      return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(EPERM);
    case Answer::kNotThere:
      return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(ENOSYS);
    case Answer::kAsk:
      return SECCOMP_RET_USER_NOTIF;
  }
  return SECCOMP_RET_ALLOW;
}

// The low half: all machines that Telltale runs on are little-endian.
std::uint32_t offset_of(unsigned argument) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
}

}  // namespace

void SyscallFilter::begin(long number, std::uint8_t skip_when_other) {
  code_.push_back({kLoad, 0, 0, offsetof(seccomp_data, nr)});
  code_.push_back({kIfEqual, 0, skip_when_other, static_cast<std::uint32_t>(number)});
}

void SyscallFilter::end(Answer answer) { code_.push_back({kReturn, 0, 0, action_of(answer)}); }

void SyscallFilter::always(long number, Answer answer) {
  begin(number, 1);
  end(answer);
}

void SyscallFilter::unless_equal(long number, unsigned argument, std::uint32_t value, Answer answer) {
  begin(number, 3);
  code_.push_back({kLoad, 0, 0, offset_of(argument)});
  code_.push_back({kIfEqual, 1, 0, value});
  end(answer);
}

void SyscallFilter::unless_any_bit(long number, unsigned argument, std::uint32_t bits, Answer answer) {
  begin(number, 3);
  code_.push_back({kLoad, 0, 0, offset_of(argument)});
  code_.push_back({kIfBits, 1, 0, bits});
  end(answer);
}

long SyscallFilter::load(unsigned flags) const {
  std::vector<sock_filter> code = code_;
  code.push_back({kReturn, 0, 0, SECCOMP_RET_ALLOW});
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

bool SyscallFilter::install() const { return load(0) == 0; }
int SyscallFilter::install_with_listener() const {
  return static_cast<int>(load(static_cast<unsigned>(SECCOMP_FILTER_FLAG_NEW_LISTENER)));
}

}  // namespace telltale::validator
