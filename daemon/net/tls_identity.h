// Who this device is under TLS: a certificate with its chain and key, and the rules of the protocol. Immutable; any
// thread. A connection that has begun keeps the one it began with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"

struct ssl_ctx_st;

namespace telltale::net {

struct CertificateFacts {
  std::vector<std::string> names;  // DNS names and addresses that it is for
  core::WallTime not_before{};
  core::WallTime not_after{};
  std::string fingerprint;   // SHA-256, "AB:CD:…"
  bool self_signed = false;  // so nobody vouches for it
};

class TlsIdentity {
 public:
  // PEM: the certificate, then the chain up to but without the root; its private key, not encrypted. What is wrong
  // with them is said in the error.
  [[nodiscard]] static core::Result<std::shared_ptr<const TlsIdentity>> make(std::string_view certificates,
                                                                             std::string_view key);
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity() = default;

  [[nodiscard]] ssl_ctx_st* context() const { return context_.get(); }
  [[nodiscard]] const CertificateFacts& facts() const { return facts_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  TlsIdentity(ssl_ctx_st* context, CertificateFacts facts) : context_(context), facts_(std::move(facts)) {}

  std::unique_ptr<ssl_ctx_st, Free> context_;
  CertificateFacts facts_;
};

// Facts of the first certificate in a text of PEM.
[[nodiscard]] core::Result<CertificateFacts> read_certificate(std::string_view certificates);

}  // namespace telltale::net
