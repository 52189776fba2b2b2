#include "daemon/hostproc/crash_handler.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <exception>
#include <memory>
#include <typeinfo>

#include <cxxabi.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "daemon/host/sanitizers.h"

namespace telltale::hostproc {

namespace {

constexpr std::array<int, 7> kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
constexpr std::size_t kSignalStack = std::size_t{64} * 1024;
constexpr unsigned kSecondsForTheCallers = 2;

// A signal handler has no other way to what it needs. Set once, before the handler is.
host::InstanceReport* report_of_process = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

std::uint64_t place_of(const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return context.uc_mcontext.pc;
#elif defined(__arm__)
  return context.uc_mcontext.arm_pc;
#endif
}

// Reads /proc/self/maps line by line without the heap: "begin-end perms offset device inode path".
class MapsReader {
 public:
  MapsReader() : file_(::open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) {}
  MapsReader(const MapsReader&) = delete;
  MapsReader& operator=(const MapsReader&) = delete;
  ~MapsReader() {
    if (file_ >= 0) ::close(file_);
  }

  struct Mapping {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t offset = 0;
    std::array<char, host::kMaxModulePath> path{};
  };
  bool next(Mapping& mapping) {
    mapping = {};
    if (!number(mapping.begin, '-') || !number(mapping.end, ' ') || !skip(' ') || !number(mapping.offset, ' ')) {
      return false;
    }
    if (!skip(' ') || !skip(' ')) return false;
    std::size_t size = 0;
    for (int c = take(); c >= 0 && c != '\n'; c = take()) {
      if (c == ' ' && size == 0) continue;
      if (size + 1 < mapping.path.size()) mapping.path[size++] = static_cast<char>(c);
    }
    return true;
  }

 private:
  int take() {
    if (at_ == size_) {
      const auto got = file_ < 0 ? -1 : ::read(file_, buffer_.data(), buffer_.size());
      if (got <= 0) return -1;
      size_ = static_cast<std::size_t>(got);
      at_ = 0;
    }
    return static_cast<unsigned char>(buffer_[at_++]);
  }
  bool number(std::uint64_t& value, char end) {
    for (int c = take(); c >= 0; c = take()) {
      if (c == end) return true;
      const int digit = c >= 'a' ? c - 'a' + 10 : c - '0';
      value = value << 4U | static_cast<unsigned>(digit & 0xf);
    }
    return false;
  }
  bool skip(char end) {
    for (int c = take(); c >= 0; c = take()) {
      if (c == end) return true;
    }
    return false;
  }

  int file_;
  std::array<char, 1024> buffer_{};
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

std::uint32_t module_number(host::CrashRecord& crash, const MapsReader::Mapping& mapping) {
  for (std::uint32_t i = 0; i < crash.module_count; ++i) {
    if (std::strcmp(crash.modules[i].data(), mapping.path.data()) == 0) return i;
  }
  if (crash.module_count == host::kMaxModules) return host::kNoModule;
  crash.modules[crash.module_count] = mapping.path;
  return crash.module_count++;
}

void find_modules(host::CrashRecord& crash) {
  MapsReader maps;
  for (MapsReader::Mapping mapping; maps.next(mapping);) {
    if (mapping.path[0] != '/') continue;
    for (std::uint32_t i = 0; i < crash.frame_count; ++i) {
      auto& frame = crash.frames[i];
      if (frame.address < mapping.begin || frame.address >= mapping.end) continue;
      frame.offset = frame.address - mapping.begin + mapping.offset;
      frame.module = module_number(crash, mapping);
    }
  }
}

// The place of the crash first. Above it on the stack are this handler's own calls, which nobody wants to see.
void find_callers(host::CrashRecord& crash, std::uint64_t place) {
  std::array<void*, host::kMaxFrames + 8> addresses{};
  const int found = ::backtrace(addresses.data(), static_cast<int>(addresses.size()));
  void** const end = addresses.data() + std::max(0, found);
  void** begin = std::find(addresses.data(), end, reinterpret_cast<void*>(place));
  if (begin == end) return;  // the stack makes no sense: the place is all that is known
  std::uint32_t count = 0;
  for (; begin != end && count < host::kMaxFrames; ++begin, ++count) {
    // A return address belongs to the call before it.
    const auto address = reinterpret_cast<std::uint64_t>(*begin);
    crash.frames[count] = {
        .address = count == 0 ? address : address - 1, .offset = 0, .module = host::kNoModule, .reserved = 0};
  }
  crash.frame_count = count;
}

void on_crash(int signal, siginfo_t* info, void* context) {
  host::CrashRecord& crash = report_of_process->crash;
  const std::uint64_t place = place_of(*static_cast<const ucontext_t*>(context));
  std::uint32_t none = 0;
  if (crash.state.compare_exchange_strong(none, 1)) {
    crash.signal = signal;
    crash.fault_address = reinterpret_cast<std::uint64_t>(info->si_addr);
    crash.frames[0] = {place, 0, host::kNoModule, 0};
    crash.frame_count = 1;
    find_modules(crash);
    // What follows walks a stack that may be damaged, and may wait for a lock of the linker: not for ever.
    ::alarm(kSecondsForTheCallers);
    find_callers(crash, place);
    find_modules(crash);
    crash.state.store(2, std::memory_order_release);
  }
  // The process ends as it would have without us.
  ::signal(signal, SIG_DFL);
  ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), signal);
}

[[noreturn]] void on_terminate() {
  auto& message = report_of_process->crash.message;
  const auto say = [&message](const char* text) {
    const std::size_t used = ::strnlen(message.data(), message.size() - 1);
    const std::size_t size = std::min(std::strlen(text), message.size() - 1 - used);
    std::memcpy(message.data() + used, text, size);
  };
  const std::type_info* type = abi::__cxa_current_exception_type();
  say(type == nullptr ? "std::terminate was called" : "uncaught exception");
  if (type != nullptr) {
    try {
      throw;
    } catch (const std::exception& error) {
      say(": ");
      say(error.what());
    } catch (...) {
      say(" of type ");
      say(type->name());
    }
  }
  std::abort();
}

}  // namespace

void use_signal_stack() {
  if (host::kSanitized) return;
  // Kept as long as the thread, and reachable from nothing but the kernel.
  thread_local std::unique_ptr<std::byte[]> stack;  // NOLINT(modernize-avoid-c-arrays)
  stack = std::make_unique<std::byte[]>(kSignalStack);
  stack_t use{};
  use.ss_sp = stack.get();
  use.ss_size = kSignalStack;
  ::sigaltstack(&use, nullptr);
}

void install_crash_handler(host::InstanceReport& report) {
  if (host::kSanitized) return;  // the sanitizer's own report says more
  report_of_process = &report;
  use_signal_stack();
  // The first call loads the unwinder, which a handler must not.
  std::array<void*, 1> one{};
  ::backtrace(one.data(), 1);
  struct sigaction action {};
  action.sa_sigaction = &on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigfillset(&action.sa_mask);
  for (const int signal : kSignals) ::sigaction(signal, &action, nullptr);
  std::set_terminate(&on_terminate);
}

}  // namespace telltale::hostproc
