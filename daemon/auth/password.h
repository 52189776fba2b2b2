// Passwords, kept as argon2id hashes (RFC 9106). Any thread; each call takes about 50 ms of a PC's core and 19 MiB.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/error.h"

namespace telltale::auth {

// ErrorCode::kInvalid: shorter than 8 characters or longer than 256 bytes, or not UTF-8.
[[nodiscard]] core::Result<void> check_password(std::string_view password);
// In PHC's string format, `$argon2id$v=19$…`. ErrorCode::kIo: no memory for it.
[[nodiscard]] core::Result<std::string> hash_of(std::string_view password);
[[nodiscard]] bool matches_hash(std::string_view password, const std::string& hash);
// As long as matches_hash takes: for a user that does not exist.
void waste_time_on(std::string_view password);

}  // namespace telltale::auth
