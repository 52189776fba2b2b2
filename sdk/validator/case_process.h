// One case under way in its own process. In the validator's one thread.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "sdk/validator/case.h"
#include "sdk/validator/stage.h"
#include "sdk/validator/validator.h"
#include "sdk/validator/watch.h"

namespace telltale::validator {

class CaseProcess {
 public:
  using Steady = std::chrono::steady_clock;

  // Forks. `directory` is there, and the process's own. Throws std::runtime_error.
  CaseProcess(const Case& what, const Request& request, const std::string& file, const std::string& directory);
  CaseProcess(const CaseProcess&) = delete;
  CaseProcess& operator=(const CaseProcess&) = delete;
  // Ends the process, and those that it started.
  ~CaseProcess();

  [[nodiscard]] const Case& about() const { return case_; }
  [[nodiscard]] const Stage& stage() const { return *stage_; }
  // What to wait for, and how long at most.
  void add_waits(std::vector<pollfd>& waits) const;
  [[nodiscard]] Steady::time_point next_look() const;
  // Takes what has come. True once it has ended; then ask for result() once.
  bool look();
  [[nodiscard]] CaseResult result();

 private:
  [[noreturn]] void be_the_child(const Request& request, const std::string& file, const std::string& directory);
  void take_output(int& fd, std::string* into) const;
  [[nodiscard]] std::string circumstances() const;
  [[nodiscard]] bool watches() const { return case_.forbids != Deed::kNone; }
  void close_all();

  const Case& case_;
  SharedStage stage_;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  int out_ = -1;  // its standard output and error, read here
  int error_ = -1;
  std::unique_ptr<Watch> watch_;
  Steady::time_point started_;
  bool timed_out_ = false;
  std::string complaints_;  // the beginning of its standard error
};

}  // namespace telltale::validator
