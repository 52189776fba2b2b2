// The far end of a serial line, on a pseudo-terminal that it makes, so that what is measured is the near end. Prints
// the near end's path; then for each line "RATE COUNT" of its standard input (frames a second; 0: as fast as the near
// end takes them) it sends so many frames, like a scale's, and prints {"sent", "seconds"}. Ends with its input.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kTick = 1'000'000;  // ns between two writes when a rate is asked for: as adapters hand bytes on
constexpr std::int64_t kMostAtOnce = 64;   // frames of one write

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

void sleep_until(std::int64_t at) {
  const timespec until{at / kSecond, at % kSecond};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

// Waits when the near end is behind: nothing is lost.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno != EINTR) return false;
    if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// Each frame has another weight than the one before.
void append_frame(std::string& out, std::int64_t number) {
  std::array<char, 32> frame{};
  const int size =
      std::snprintf(frame.data(), frame.size(), "W %7.2f kg\r\n", static_cast<double>(number % 30'000) / 100);
  out.append(frame.data(), static_cast<std::size_t>(size));
}

bool send(int fd, std::int64_t rate, std::int64_t count) {
  static std::int64_t number = 0;
  std::string bytes;
  const std::int64_t began = now();
  for (std::int64_t sent = 0; sent < count;) {
    std::int64_t due = count;
    if (rate > 0) due = std::min(count, (now() - began) * rate / kSecond + 1);
    if (due <= sent) {
      sleep_until((now() / kTick + 1) * kTick);
      continue;
    }
    const std::int64_t batch = std::min(due - sent, kMostAtOnce);
    bytes.clear();
    for (std::int64_t i = 0; i < batch; ++i) append_frame(bytes, ++number);
    if (!write_all(fd, bytes)) return false;
    sent += batch;
  }
  std::printf("{\"sent\": %lld, \"seconds\": %.9f}\n", static_cast<long long>(count),
              static_cast<double>(now() - began) / static_cast<double>(kSecond));
  std::fflush(stdout);
  return true;
}

}  // namespace

int main() {
  const int far_end = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  std::array<char, 64> path{};
  if (far_end < 0 || ::grantpt(far_end) != 0 || ::unlockpt(far_end) != 0 ||
      ::ptsname_r(far_end, path.data(), path.size()) != 0) {
    return 1;
  }
  // Kept open, so that the line is there while nobody reads it; raw from the beginning, so that nothing is echoed.
  const int near_end = ::open(path.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios settings{};
  if (near_end < 0 || ::tcgetattr(near_end, &settings) != 0) return 1;
  ::cfmakeraw(&settings);
  if (::tcsetattr(near_end, TCSANOW, &settings) != 0) return 1;
  std::printf("%s\n", path.data());
  std::fflush(stdout);
  long long rate = 0;
  long long count = 0;
  while (std::cin >> rate >> count) {
    if (!send(far_end, rate, count)) return 1;
  }
  return 0;
}
