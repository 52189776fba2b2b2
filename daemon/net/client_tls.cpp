#include "daemon/net/client_tls.h"

#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace telltale::net {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

constexpr std::size_t kDigestBytes = 32;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// "AB:CD:…" or "abcd…" as bytes; empty when it is none.
std::string digest_from(const std::string& text) {
  std::string digest;
  int high = -1;
  for (const char c : text) {
    if (c == ':' || c == ' ') continue;
    const int digit = digit_of(c);
    if (digit < 0) return {};
    if (high < 0) {
      high = digit;
    } else {
      digest += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return high < 0 && digest.size() == kDigestBytes ? digest : std::string();
}

std::string digest_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), bytes.data(), &size) != 1) return {};
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

bool is_address(const std::string& host) {
  in6_addr room{};  // large enough for either
  return inet_pton(AF_INET, host.c_str(), &room) == 1 || inet_pton(AF_INET6, host.c_str(), &room) == 1;
}

}  // namespace

core::Result<std::unique_ptr<ClientTls>> ClientTls::make(const Trust& trust) {
  std::string digest;
  if (!trust.fingerprint.empty()) {
    digest = digest_from(trust.fingerprint);
    if (digest.empty()) {
      return core::make_error(core::ErrorCode::kInvalid, "is not a SHA-256: 64 hexadecimal digits", trust.fingerprint);
    }
  }
  std::unique_ptr<ClientTls> made(new ClientTls(std::move(digest)));
  error_code failed;
  if (!trust.ca_file.empty()) {
    made->context_.load_verify_file(trust.ca_file, failed);
    if (failed)
      return core::make_error(core::ErrorCode::kInvalid, "no certificates: " + failed.message(), trust.ca_file);
    // The device's own certificate may stand in the file itself, where it has no other above it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(made->context_.native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
  } else {
    made->context_.set_default_verify_paths(failed);
  }
  return made;
}

core::Result<void> ClientTls::prepare(Peer& peer, const std::string& host) {
  SSL* const handle = peer.native_handle();
  error_code failed;
  peer.set_verify_mode(ssl::verify_peer, failed);
  if (!digest_.empty()) {
    // The chain's own certificates are passed by; the last one asked about is the peer's.
    peer.set_verify_callback(
        [this](bool /*good*/, ssl::verify_context& about) {
          X509_STORE_CTX* const store = about.native_handle();
          if (X509_STORE_CTX_get_error_depth(store) > 0) return true;
          const std::string digest = digest_of(X509_STORE_CTX_get_current_cert(store));
          if (digest == digest_) return true;
          shown_.clear();
          for (const char byte : digest) {
            shown_ += fmt::format("{}{:02X}", shown_.empty() ? "" : ":", static_cast<unsigned char>(byte));
          }
          return false;
        },
        failed);
  } else {
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(handle);
    const int set = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str())
                                     : X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
    if (set != 1) return core::make_error(core::ErrorCode::kInvalid, "no certificate can be of this name", host);
  }
  if (!is_address(host)) (void)SSL_set_tlsext_host_name(handle, host.c_str());
  SSL_set_min_proto_version(handle, TLS1_2_VERSION);
  return {};
}

std::string ClientTls::refusal(Peer& peer) const {
  if (!digest_.empty()) {
    return shown_.empty() ? std::string() : "the device has another certificate than the one that is meant: " + shown_;
  }
  const long result = SSL_get_verify_result(peer.native_handle());
  if (result == X509_V_OK) return {};
  return fmt::format(
      "its certificate is not trusted ({}): give --fingerprint with what `telltale status` on the device shows, or "
      "--cacert with who signed it",
      X509_verify_cert_error_string(result));
}

}  // namespace telltale::net
