// OpenSSL's objects, owned, and read from PEM. Only for the parts of TLS; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "daemon/core/error.h"

namespace telltale::net {

template <auto Function>
struct Freed {
  template <class Object>
  void operator()(Object* object) const {
    Function(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;

// The oldest error of OpenSSL's queue in words, which is emptied; `otherwise` when there is none.
[[nodiscard]] std::string openssl_reason(std::string_view otherwise);
[[nodiscard]] BioPtr reader_of(std::string_view text);
// Null: there is none further. `reader` goes on behind it.
[[nodiscard]] CertificatePtr next_certificate(BIO* reader);
[[nodiscard]] core::Result<KeyPtr> key_from_pem(std::string_view pem);

}  // namespace telltale::net
