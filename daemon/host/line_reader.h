// What a child prints, cut into lines that are safe to show: bounded in length, and in number per second. Owned by the
// supervisor's thread.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/clock.h"
#include "daemon/host/control_message.h"
#include "daemon/host/rate_limit.h"

namespace telltale::host {

class LineReader {
 public:
  // Calls `line` for each whole line that the rate admits.
  template <class Line>
  void append(std::string_view bytes, core::BootTime now, Line&& line) {
    for (const char c : bytes) {
      if (c != '\n') {
        if (partial_.size() < kMaxLogBytes) partial_.push_back(c);
        continue;
      }
      finish(now, line);
    }
  }
  // The end of the stream: what stands behind the last newline is a line too.
  template <class Line>
  void finish(core::BootTime now, Line&& line) {
    if (partial_.empty()) return;
    last_ = one_line(partial_, kMaxLogBytes);
    partial_.clear();
    if (limit_.admit(now)) line(last_);
  }
  [[nodiscard]] const std::string& last() const { return last_; }

 private:
  std::string partial_;
  std::string last_;
  RateLimit limit_{kLinesPerSecond};
};

}  // namespace telltale::host
