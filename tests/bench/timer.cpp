// What the machine itself is late by: a bare loop over absolute deadlines. `bench_timer INTERVAL_US COUNT` prints the
// lateness of each wake-up in microseconds as a JSON list. The peer of poll/1.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <sys/prctl.h>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::int64_t interval = std::strtoll(argv[1], nullptr, 10) * 1'000;
  const long count = std::strtol(argv[2], nullptr, 10);
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // a sleep is not rounded up by the usual 50 us
  std::int64_t deadline = now();
  std::printf("[");
  for (long i = 0; i < count; ++i) {
    deadline += interval;
    const timespec until{deadline / kSecond, deadline % kSecond};
    ::clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr);
    std::printf("%s%.1f", i == 0 ? "" : ",", static_cast<double>(now() - deadline) / 1e3);
  }
  std::printf("]\n");
  return 0;
}
