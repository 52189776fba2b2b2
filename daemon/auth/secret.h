// Secrets that the daemon makes: random, long enough never to be guessed, and kept as hashes. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace telltale::auth {

// `bytes` of the kernel's randomness in base32 (Crockford's alphabet, lower case): 8 characters for 5 bytes.
[[nodiscard]] std::string random_text(std::size_t bytes);

// SHA-256 in hex. For secrets of 128 random bits and more, which need no slow hash.
[[nodiscard]] std::string digest_of(std::string_view secret);

// Takes the same time wherever the texts differ.
[[nodiscard]] bool same_secret(std::string_view one, std::string_view other);

// A code as people type it: without spaces and dashes, in upper case, O as 0, I and L as 1.
[[nodiscard]] std::string typed_code(std::string_view text);

}  // namespace telltale::auth
