// A seccomp filter, made of rules. For the case's process, which has one thread when it installs it.
#pragma once

#include <cstdint>
#include <vector>

#include <linux/filter.h>

namespace telltale::validator {

// What happens to a system call.
enum class Answer : std::uint8_t { kRefuse, kNotThere, kAsk };  // EPERM, ENOSYS, the watch of the validator decides

class SyscallFilter {
 public:
  void always(long number, Answer answer);
  // When the low 32 bits of the argument are not this.
  void unless_equal(long number, unsigned argument, std::uint32_t value, Answer answer);
  // When the argument has none of these bits.
  void unless_any_bit(long number, unsigned argument, std::uint32_t bits, Answer answer);

  // False when the kernel refuses it (errno says why).
  [[nodiscard]] bool install() const;
  // As install; the descriptor on which the kernel asks, or -1.
  [[nodiscard]] int install_with_listener() const;

 private:
  void begin(long number, std::uint8_t skip_when_other);
  void end(Answer answer);
  [[nodiscard]] long load(unsigned flags) const;
  std::vector<sock_filter> code_;
};

}  // namespace telltale::validator
