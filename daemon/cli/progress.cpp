#include "daemon/cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace telltale::cli {

namespace {

constexpr int kWidth = 24;
constexpr double kPatience = 3;  // seconds before a guess of the rest is shown
constexpr std::chrono::milliseconds kEvery{150};

}  // namespace

std::string progress_line(double share, const std::string& text, double seconds) {
  if (!(share >= 0)) return text;
  share = std::min(share, 1.0);
  const int full = static_cast<int>(share * kWidth);
  std::string line;
  for (int i = 0; i < kWidth; ++i) line += i < full ? "━" : "─";
  line += fmt::format(" {:3.0f} %  {}", share * 100, text);
  if (share > 0.01 && share < 1 && seconds > kPatience) {
    const auto left = static_cast<std::int64_t>(seconds / share * (1 - share));
    line += fmt::format("  {}:{:02} left", left / 60, left % 60);
  }
  return line;
}

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1), begun_(std::chrono::steady_clock::now()) {}
Progress::~Progress() { clear(); }

void Progress::show(double share, const std::string& text) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kEvery;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  fmt::print(stderr, "\r{}\x1b[K", progress_line(share, text, seconds));
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace telltale::cli
