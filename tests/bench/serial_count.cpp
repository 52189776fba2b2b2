// The bare reader that Telltale's serial input is measured against: reads a line and counts the frames' ends.
// `bench_serial_count TTY` prints "ready", then for each line on its standard input the count so far; ends with its
// input.
#include <algorithm>
#include <array>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int line = ::open(argv[1], O_RDONLY | O_NOCTTY | O_CLOEXEC);
  termios settings{};
  if (line < 0 || ::tcgetattr(line, &settings) != 0) return 1;
  ::cfmakeraw(&settings);
  if (::tcsetattr(line, TCSANOW, &settings) != 0) return 1;
  std::puts("ready");
  std::fflush(stdout);
  long long count = 0;
  std::array<char, 4'096> bytes{};
  std::array<pollfd, 2> waits{{{line, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) return 1;
    if (waits[0].revents != 0) {
      const ssize_t size = ::read(line, bytes.data(), bytes.size());
      if (size <= 0) return 1;
      count += std::count(bytes.begin(), bytes.begin() + size, '\n');
    }
    if (waits[1].revents != 0) {
      if (::read(STDIN_FILENO, bytes.data(), bytes.size()) <= 0) return 0;
      std::printf("%lld\n", count);
      std::fflush(stdout);
    }
  }
}
