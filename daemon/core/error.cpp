#include "daemon/core/error.h"

#include <system_error>

namespace telltale::core {

namespace {

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
      return ErrorCode::kDenied;
    case ETIMEDOUT:
      return ErrorCode::kTimeout;
    case EAGAIN:
    case ECONNREFUSED:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

Error errno_error(int error_number, std::string_view operation, std::string context) {
  return {code_of(error_number), std::string(operation) + ": " + std::generic_category().message(error_number),
          std::move(context)};
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) +
                         ": value() of an error: " + error.text());
}

}  // namespace telltale::core
