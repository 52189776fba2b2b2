// Bodies that are compressed: gzip (RFC 1952), bounded. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/core/error.h"

namespace telltale::core {

// ErrorCode::kLimit: more than `limit` bytes; kInvalid: no gzip, or broken. One member or several.
[[nodiscard]] Result<std::string> gunzip(std::string_view data, std::size_t limit);

// One member. Fast rather than small: it is made for one answer.
[[nodiscard]] std::string gzip(std::string_view plain);

// What a body is without its Content-Encoding: gzip, identity or none. ErrorCode::kLimit: more than `limit` bytes;
// kInvalid: another encoding, or broken.
[[nodiscard]] Result<std::string> plain_body(std::string body, std::string_view encoding, std::size_t limit);

}  // namespace telltale::core
