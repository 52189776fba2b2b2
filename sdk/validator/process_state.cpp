#include "sdk/validator/process_state.h"

#include <algorithm>
#include <clocale>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telltale::validator {

namespace {

std::size_t count_entries(const char* directory) {
  std::error_code error;
  const auto entries = std::filesystem::directory_iterator(directory, error);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

OpenFile open_file(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return {fd, 0, 0};
  return {fd, status.st_dev, status.st_ino};
}

ProcessState ProcessState::now() {
  ProcessState state;
  for (int number = 1; number < 65; ++number) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) == 0) {
      state.handlers.at(static_cast<std::size_t>(number)) = reinterpret_cast<void*>(action.sa_handler);
    }
  }
  ::sigprocmask(SIG_SETMASK, nullptr, &state.blocked);
  std::error_code error;
  state.directory = std::filesystem::current_path(error).string();
  state.umask = ::umask(0);
  ::umask(state.umask);
  const char* const locale = std::setlocale(LC_ALL, nullptr);
  state.locale = locale != nullptr ? locale : "";
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) state.environment.emplace_back(*entry);
  std::sort(state.environment.begin(), state.environment.end());
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) state.standard_streams.push_back(open_file(fd));
  return state;
}

std::size_t count_descriptors() { return count_entries("/proc/self/fd"); }
std::size_t count_threads() { return count_entries("/proc/self/task"); }

std::size_t allocated_bytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t shared = 0;
  if (!(statm >> size >> resident >> shared)) return 0;
  return (resident - std::min(shared, resident)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace telltale::validator
