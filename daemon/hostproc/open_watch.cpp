#include "daemon/hostproc/open_watch.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstring>

// Not <fcntl.h>: its fortified open would stand in the way of ours.
#include <linux/fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/host/next_function.h"
#include "daemon/host/path_refusal.h"
#include "daemon/host/sanitizers.h"

namespace telltale::hostproc {

namespace {

// The functions below have no other way to it.
std::atomic<host::RefusedPaths*> watched{nullptr};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

[[maybe_unused]] bool may(int directory, const char* path, int wanted) {
  return ::syscall(SYS_faccessat, directory, path, wanted) == 0;
}

// For a file that is to be made: whether the directory lets it.
[[maybe_unused]] bool may_make(int directory, const char* path) {
  std::array<char, 1024> parent{};
  const char* slash = std::strrchr(path, '/');
  const std::size_t size = slash == nullptr ? 0 : std::max<std::size_t>(1, static_cast<std::size_t>(slash - path));
  if (size >= parent.size()) return false;
  std::memcpy(parent.data(), path, size);
  if (size == 0) parent[0] = '.';
  return may(directory, parent.data(), W_OK | X_OK);
}

// Landlock has no word in access(2): where that says yes and open said no, isolation it was.
[[maybe_unused]] void look_closer(int directory, const char* path, int wanted, const char* call) {
  if (errno != EACCES) return;
  host::RefusedPaths* paths = watched.load(std::memory_order_acquire);
  if (paths == nullptr || path == nullptr) return;
  const bool missing = !may(directory, path, F_OK) && errno == ENOENT;
  const bool by_isolation = missing ? (wanted & W_OK) != 0 && may_make(directory, path) : may(directory, path, wanted);
  if (by_isolation) host::note_refused_path(*paths, call, path);
  errno = EACCES;
}

[[maybe_unused]] int wanted_by(int flags) {
  if ((flags & O_ACCMODE) == O_RDONLY) return R_OK;
  return (flags & O_ACCMODE) == O_WRONLY ? W_OK : R_OK | W_OK;
}

[[maybe_unused]] bool has_mode(int flags) { return (flags & (O_CREAT | __O_TMPFILE)) != 0; }

// As the C library does it.
[[maybe_unused]] int open_at(int directory, const char* path, int flags, unsigned mode) {
  const auto file = static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
  if (file < 0) look_closer(directory, path, wanted_by(flags), "openat");
  return file;
}

}  // namespace

void watch_opens(host::RefusedPaths& paths) { watched.store(&paths, std::memory_order_release); }

}  // namespace telltale::hostproc

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TELLTALE_SANITIZER_FRONT 0
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef TELLTALE_SANITIZER_FRONT
#define TELLTALE_SANITIZER_FRONT 1
#endif
#endif
#else
#define TELLTALE_SANITIZER_FRONT 1
#endif

#if !TELLTALE_SANITIZER_FRONT  // a sanitizer stands there itself
// Under names of our own, so that no header's declaration is in the way.
#define TELLTALE_IN_FRONT_OF(name) __asm__(name) __attribute__((visibility("default"), used))

extern "C" {
int telltale_open(const char* path, int flags, ...) TELLTALE_IN_FRONT_OF("open");
int telltale_open64(const char* path, int flags, ...) TELLTALE_IN_FRONT_OF("open64");
int telltale_open_2(const char* path, int flags) TELLTALE_IN_FRONT_OF("__open_2");
int telltale_open64_2(const char* path, int flags) TELLTALE_IN_FRONT_OF("__open64_2");
int telltale_openat(int directory, const char* path, int flags, ...) TELLTALE_IN_FRONT_OF("openat");
int telltale_openat64(int directory, const char* path, int flags, ...) TELLTALE_IN_FRONT_OF("openat64");
void* telltale_fopen(const char* path, const char* mode) TELLTALE_IN_FRONT_OF("fopen");
void* telltale_fopen64(const char* path, const char* mode) TELLTALE_IN_FRONT_OF("fopen64");
void* telltale_opendir(const char* path) TELLTALE_IN_FRONT_OF("opendir");

// O_LARGEFILE is 0 where files are large anyhow.
#define TELLTALE_OPEN(directory, path, flags, last)                   \
  do {                                                                \
    unsigned mode = 0;                                                \
    if (telltale::hostproc::has_mode(flags)) {                        \
      va_list rest;                                                   \
      va_start(rest, last);                                           \
      mode = va_arg(rest, unsigned);                                  \
      va_end(rest);                                                   \
    }                                                                 \
    return telltale::hostproc::open_at(directory, path, flags, mode); \
  } while (false)

int telltale_open(const char* path, int flags, ...) { TELLTALE_OPEN(AT_FDCWD, path, flags, flags); }
int telltale_open64(const char* path, int flags, ...) { TELLTALE_OPEN(AT_FDCWD, path, flags | O_LARGEFILE, flags); }
int telltale_open_2(const char* path, int flags) { return telltale::hostproc::open_at(AT_FDCWD, path, flags, 0); }
int telltale_open64_2(const char* path, int flags) {
  return telltale::hostproc::open_at(AT_FDCWD, path, flags | O_LARGEFILE, 0);
}
int telltale_openat(int directory, const char* path, int flags, ...) { TELLTALE_OPEN(directory, path, flags, flags); }
int telltale_openat64(int directory, const char* path, int flags, ...) {
  TELLTALE_OPEN(directory, path, flags | O_LARGEFILE, flags);
}

void* telltale_fopen(const char* path, const char* mode) {
  using Fopen = void* (*)(const char*, const char*);
  static const auto kNext = reinterpret_cast<Fopen>(telltale::host::next_function("fopen"));
  void* file = kNext(path, mode);
  if (file == nullptr) telltale::hostproc::look_closer(AT_FDCWD, path, mode[0] == 'r' ? R_OK : W_OK, "openat");
  return file;
}
void* telltale_fopen64(const char* path, const char* mode) {
  using Fopen = void* (*)(const char*, const char*);
  static const auto kNext = reinterpret_cast<Fopen>(telltale::host::next_function("fopen64"));
  void* file = kNext(path, mode);
  if (file == nullptr) telltale::hostproc::look_closer(AT_FDCWD, path, mode[0] == 'r' ? R_OK : W_OK, "openat");
  return file;
}
void* telltale_opendir(const char* path) {
  using Opendir = void* (*)(const char*);
  static const auto kNext = reinterpret_cast<Opendir>(telltale::host::next_function("opendir"));
  void* directory = kNext(path);
  if (directory == nullptr) telltale::hostproc::look_closer(AT_FDCWD, path, R_OK, "openat");
  return directory;
}
}
#endif
