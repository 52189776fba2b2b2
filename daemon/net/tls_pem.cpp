#include "daemon/net/tls_pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace telltale::net {

namespace {

// Asked for a password when a key is encrypted: there is nobody to type it.
int no_password(char* /*buffer*/, int /*size*/, int /*writes*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

std::string openssl_reason(std::string_view otherwise) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? std::string(otherwise) : reason;
}

BioPtr reader_of(std::string_view text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

CertificatePtr next_certificate(BIO* reader) {
  return CertificatePtr(PEM_read_bio_X509(reader, nullptr, nullptr, nullptr));
}

core::Result<KeyPtr> key_from_pem(std::string_view pem) {
  ERR_clear_error();
  bool asked = false;
  const BioPtr reader = reader_of(pem);
  KeyPtr key(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_password, &asked));
  if (key != nullptr) return key;
  const std::string reason = openssl_reason("it cannot be read");
  if (asked) return core::make_error(core::ErrorCode::kInvalid, "the key is encrypted: store it without a password");
  return core::make_error(core::ErrorCode::kInvalid, "there is no private key in PEM form (" + reason + ")");
}

}  // namespace telltale::net
