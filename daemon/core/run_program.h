// Runs another program: what it gets on its standard input, and what it prints. Any thread; blocks until it has ended,
// or has had its time.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::core {

struct ProgramRun {
  std::vector<std::string> command;         // found along PATH when it has no '/'; no shell is in between
  std::string input = {};                   // what it does not read is its own affair
  std::vector<std::string> variables = {};  // NAME=value, besides our own environment
  std::size_t most_output = 0;              // of what it prints, the last bytes; 0: nobody reads it
  std::chrono::milliseconds time{10'000};   // then it and what it started is killed
};

struct ProgramEnd {
  std::string output;  // standard output and error
  int code = 0;        // exit code; of a signal that killed it: -1
  int signal = 0;      // that killed it, or 0
  bool late = false;   // it was killed because its time was over
  [[nodiscard]] bool well() const { return code == 0 && signal == 0 && !late; }
  // `ended with 3`, `was killed by signal 9`, `did not end within its time`.
  [[nodiscard]] std::string text() const;
};

// ErrorCode::kNotFound: there is no such program.
[[nodiscard]] Result<ProgramEnd> run_program(const ProgramRun& run);

}  // namespace telltale::core
