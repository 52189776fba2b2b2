// Key pairs of Ed25519 (RFC 8032), as OpenSSL writes them: PEM files of PKCS #8 and SubjectPublicKeyInfo, which
// `openssl genpkey -algorithm ed25519` makes as well. The only user of libcrypto here. Any thread; blocks on the disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::provision {

// 32 bytes, as they are: who has them verifies.
struct PublicKey {
  std::string bytes;
  std::string file;  // where it came from
};

// NAME.key, mode 0600, and NAME.pub. ErrorCode::kConflict: one of them is there already; then neither is made.
[[nodiscard]] core::Result<void> make_key_pair(const std::string& name);

// A file that only its owner may read. ErrorCode::kDenied: others may; kInvalid: it is no such key.
[[nodiscard]] core::Result<std::string> sign(std::string_view bytes, const std::string& private_key_file);

// ErrorCode::kDenied: another than root and ourselves owns the file, or may write to it; kInvalid: it is no such key.
[[nodiscard]] core::Result<PublicKey> read_public_key(const std::string& file);
[[nodiscard]] bool verify(std::string_view bytes, std::string_view signature, const PublicKey& key);

// SHA-256 in hexadecimal digits.
[[nodiscard]] std::string digest_of(std::string_view bytes);

// A small file that nobody but root and ourselves can have changed.
[[nodiscard]] core::Result<std::string> read_trusted_file(const std::string& file, std::size_t most);

}  // namespace telltale::provision
