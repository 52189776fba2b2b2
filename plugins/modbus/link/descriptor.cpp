#include "plugins/modbus/link/descriptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>

#include <poll.h>
#include <unistd.h>

namespace telltale::modbus {
namespace {

timespec time_until(Time until, Time now) {
  const Time left = std::clamp<Time>(until - now, Time{}, std::chrono::hours(24));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((left - seconds).count())};
}

void swallow(int wake_fd) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t size = ::read(wake_fd, &count, sizeof count);
}

}  // namespace

Io wait_on(int fd, short events, Time until, const Host& host, const Signals& signals, bool wakes) {
  for (;;) {
    std::array<pollfd, 3> waits{
        {{signals.stop_fd, POLLIN, 0}, {fd, events, 0}, {wakes ? signals.wake_fd : -1, POLLIN, 0}}};
    const timespec time = time_until(until, host.now());
    const int ready = ::ppoll(waits.data(), waits.size(), &time, nullptr);
    if (ready < 0 && errno != EINTR) return Io::kBroken;
    if (ready < 0) continue;
    if (waits[0].revents != 0) return Io::kStopped;
    if (waits[2].revents != 0) {
      swallow(signals.wake_fd);
      return Io::kDone;
    }
    if ((waits[1].revents & events) != 0) return Io::kDone;
    if (waits[1].revents != 0) return Io::kBroken;  // hung up, and nothing left to read
    if (ready == 0 && host.now() >= until) return Io::kTimeout;
  }
}

Io receive_from(int fd, std::span<std::uint8_t> into, std::size_t& got, Time until, const Host& host,
                const Signals& signals) {
  got = 0;
  for (;;) {
    const Io ready = wait_on(fd, POLLIN, until, host, signals, false);
    if (ready != Io::kDone) return ready;
    const ssize_t size = ::read(fd, into.data(), into.size());
    if (size > 0) {
      got = static_cast<std::size_t>(size);
      return Io::kDone;
    }
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    return Io::kBroken;
  }
}

}  // namespace telltale::modbus
