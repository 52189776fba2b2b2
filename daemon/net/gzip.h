// Bodies that clients send compressed: gzip (RFC 1952), bounded. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/core/error.h"

namespace telltale::net {

// ErrorCode::kLimit: more than `limit` bytes; kInvalid: no gzip, or broken. One member or several.
[[nodiscard]] core::Result<std::string> gunzip(std::string_view data, std::size_t limit);

}  // namespace telltale::net
