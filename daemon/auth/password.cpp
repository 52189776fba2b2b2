#include "daemon/auth/password.h"

#include <array>
#include <cstdint>

#include <argon2.h>

#include "daemon/auth/secret.h"
#include "daemon/core/utf8.h"

namespace telltale::auth {

namespace {

// The least that OWASP's cheat sheet on password storage asks for: fits a Pi beside everything else.
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kMemoryKiB = 19'456;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kLeastCharacters = 8;
constexpr std::size_t kMostBytes = 256;

}  // namespace

core::Result<void> check_password(std::string_view password) {
  if (password.size() > kMostBytes) {
    return core::make_error(core::ErrorCode::kInvalid, "the password must be at most 256 bytes");
  }
  std::size_t characters = 0;
  for (std::string_view rest = password; !rest.empty(); ++characters) {
    if (!core::take_utf8(rest)) return core::make_error(core::ErrorCode::kInvalid, "the password must be UTF-8 text");
  }
  if (characters < kLeastCharacters) {
    return core::make_error(core::ErrorCode::kInvalid, "the password must have 8 characters or more");
  }
  return {};
}

core::Result<std::string> hash_of(std::string_view password) {
  const std::string salt = random_text(16);
  std::array<char, 256> encoded{};
  const int failure = argon2id_hash_encoded(kPasses, kMemoryKiB, kLanes, password.data(), password.size(), salt.data(),
                                            salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (failure != ARGON2_OK) return core::make_error(core::ErrorCode::kIo, argon2_error_message(failure), "argon2");
  return std::string(encoded.data());
}

// One that is too long takes as long as any other: its time must not tell that the name exists.
bool matches_hash(std::string_view password, const std::string& hash) {
  const std::string_view most = password.substr(0, kMostBytes);
  return argon2id_verify(hash.c_str(), most.data(), most.size()) == ARGON2_OK && password.size() <= kMostBytes;
}

void waste_time_on(std::string_view password) { (void)hash_of(password.substr(0, kMostBytes)); }

}  // namespace telltale::auth
