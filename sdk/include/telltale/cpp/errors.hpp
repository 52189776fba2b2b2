// What an instance throws to say how it fails. The wrapper turns each into the result code of its name, and its text
// into the log line that the user sees. Any other exception is a fault of the plugin: TELLTALE_E_INTERNAL.
#pragma once

#include <exception>
#include <stdexcept>

namespace telltale {

// The options do not fit together, or something they name can never work: not tried again. TELLTALE_E_CONFIG.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The device, the network or the file did not answer: tried again. TELLTALE_E_IO.
class IoError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What was asked for cannot be: no such output, a value out of its range, a batch that is never taken.
// TELLTALE_E_INVALID.
class InvalidError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Given up because the instance is being stopped; nobody's fault, and not logged. TELLTALE_E_STOPPED.
class Stopped : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "the instance is being stopped"; }
};

}  // namespace telltale
