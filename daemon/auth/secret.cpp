#include "daemon/auth/secret.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/random.h>

namespace telltale::auth {

std::string random_text(std::size_t bytes) {
  constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::vector<std::uint8_t> random(bytes);
  for (std::size_t got = 0; got < bytes;) {
    const auto more = ::getrandom(random.data() + got, bytes - got, 0);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) throw std::runtime_error("the kernel gives no random numbers");
    got += static_cast<std::size_t>(more);
  }
  std::string text;
  unsigned held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : random) {
    held = (held << 8U | byte) & 0xfffU;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[held >> (bits - 5) & 31U];
  }
  return text;
}

std::string digest_of(std::string_view secret) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 15U];
  }
  return text;
}

bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string typed_code(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    out += c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
  }
  return out;
}

}  // namespace telltale::auth
