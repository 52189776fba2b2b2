// The error type of the whole daemon and the result that carries it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

namespace telltale::core {

// What kind of thing went wrong: decides the exit code, the HTTP status and whether a retry makes sense.
enum class ErrorCode : std::uint8_t {
  kInvalid,      // what was asked for is malformed
  kNotFound,     // no such series, input, file
  kConflict,     // it exists already, or changed meanwhile
  kLimit,        // a stated limit is reached
  kUnavailable,  // a device, daemon or file is not there now; a retry may help
  kTimeout,      // a deadline passed
  kDenied,       // not allowed
  kCorrupt,      // data on disk or in shared memory is not what it must be
  kIo,           // the operating system or a library refused
  kInternal,     // our own mistake
};

// `message` says what happened and how to mend it; `context` says where (a file, a key, an input).
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string context;

  // "context: message", or the message alone.
  [[nodiscard]] std::string text() const { return context.empty() ? message : context + ": " + message; }
  // The same error, seen from one step further out.
  [[nodiscard]] Error in(std::string_view place) const {
    return {code, message, context.empty() ? std::string(place) : std::string(place) + ": " + context};
  }
};

template <class T>
using Result = boost::system::result<T, Error>;

[[nodiscard]] inline Error make_error(ErrorCode code, std::string message, std::string context = {}) {
  return {code, std::move(message), std::move(context)};
}

// An Error for `errno` after `operation` failed, such as ("open", path).
[[nodiscard]] Error errno_error(int error_number, std::string_view operation, std::string context = {});

// Called by Result::value() on an error: a mistake of ours, since has_value() was not asked.
[[noreturn]] BOOST_NORETURN void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace telltale::core
