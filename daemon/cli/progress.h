// A line on standard error that says how far something is, for a person alone: nothing when it is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace telltale::cli {

class Progress {
 public:
  Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Takes the line away.
  ~Progress();

  // `share`: 0 to 1, below 0: not known. Drawn a few times a second at most.
  void show(double share, const std::string& text);
  void clear();

 private:
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point next_{};
};

// `━━━━╸────  42 %  text  1:03 left`; `seconds`: since the begin.
[[nodiscard]] std::string progress_line(double share, const std::string& text, double seconds);

}  // namespace telltale::cli
