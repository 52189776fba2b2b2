// How a case ends early. Thrown in the case's process, by the validator's own code and never out of a function that
// the plugin calls.
#pragma once

#include <string>

#include "sdk/validator/validator.h"

namespace telltale::validator {

struct Verdict {
  Status status = Status::kPassed;
  std::string detail;
};

[[noreturn]] inline void fail(std::string detail) { throw Verdict{Status::kFailed, std::move(detail)}; }
[[noreturn]] inline void skip(std::string detail) { throw Verdict{Status::kSkipped, std::move(detail)}; }

}  // namespace telltale::validator
