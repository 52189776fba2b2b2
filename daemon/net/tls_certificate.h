// Makes a key and a certificate that nobody vouches for but the device itself. Any thread; a millisecond of work.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/clock.h"
#include "daemon/core/error.h"

namespace telltale::net {

struct CertificateWish {
  std::vector<std::string> names;  // DNS names and addresses; the first DNS name is the common name
  core::WallTime not_before{};
  core::WallTime not_after{};  // core::WallTime::max(): never (RFC 5280, 4.1.2.5)
};

// A new private key (EC, P-256) in PEM.
[[nodiscard]] core::Result<std::string> make_key();
// A certificate for a server, of this key and signed by it, in PEM.
[[nodiscard]] core::Result<std::string> make_certificate(std::string_view key, const CertificateWish& wish);
// Whether a certificate can name it: letters, digits, '-' and '.', or an address.
[[nodiscard]] bool is_certifiable(std::string_view name);

}  // namespace telltale::net
