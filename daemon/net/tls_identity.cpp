#include "daemon/net/tls_identity.h"

#include <array>
#include <ctime>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/net/tls_pem.h"

namespace telltale::net {

namespace {

// Of TLS 1.2; those of 1.3 are all good. Forward secrecy and authenticated encryption, nothing else.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr long kTicketSeconds = 7'200;
constexpr int kMaxChain = 10;
constexpr std::size_t kMaxNames = 100;

core::Error wrong(std::string message) { return core::make_error(core::ErrorCode::kInvalid, std::move(message)); }

// RFC 7301: whoever speaks ALPN and not HTTP/1.1 is at the wrong door (as with ALPACA), and hears it.
int choose_protocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned in_size, void* /*unused*/) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs.data(), kOurs.size(), in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // Tickets hold a session for its client, under a key that exists in memory alone and ends with this context; the
  // daemon keeps nothing of anybody. 0-RTT, which can be replayed, stays off.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, kTicketSeconds);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_num_tickets(context, 1) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 && SSL_CTX_set1_groups_list(context, kGroups) == 1;
}

core::WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  using std::chrono::sys_seconds;
  // Times beyond what nanoseconds can count are as far away as can be told.
  constexpr std::time_t kMost = core::WallTime::max().time_since_epoch() / std::chrono::seconds(1);
  const std::time_t seconds = ::timegm(&parts);
  return core::WallTime(sys_seconds(std::chrono::seconds(std::min<std::time_t>(seconds, kMost))));
}

std::string address_text(const ASN1_OCTET_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return {};
  const char* const done = inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return done == nullptr ? std::string() : done;
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; all != nullptr && i < sk_GENERAL_NAME_num(all.get()) && names.size() < kMaxNames; ++i) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type);
    std::string name;
    if (type == GEN_DNS) {
      const auto* text = static_cast<const ASN1_IA5STRING*>(value);
      const std::string_view raw(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                 static_cast<std::size_t>(ASN1_STRING_length(text)));
      name = core::escape_line(core::cut_utf8(raw, 253));
    } else if (type == GEN_IPADD) {
      name = address_text(static_cast<const ASN1_OCTET_STRING*>(value));
    }
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

CertificateFacts facts_of(X509* certificate) {
  CertificateFacts facts;
  facts.names = names_of(certificate);
  facts.not_before = time_of(X509_get0_notBefore(certificate));
  facts.not_after = time_of(X509_get0_notAfter(certificate));
  facts.self_signed = X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1) {
    for (unsigned i = 0; i < size; ++i) facts.fingerprint += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  }
  return facts;
}

core::Result<CertificatePtr> first_certificate(BIO* reader) {
  ERR_clear_error();
  CertificatePtr leaf = next_certificate(reader);
  if (leaf == nullptr)
    return wrong("there is no certificate in PEM form (" + openssl_reason("it cannot be read") + ")");
  return leaf;
}

}  // namespace

void TlsIdentity::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

core::Result<CertificateFacts> read_certificate(std::string_view certificates) {
  const BioPtr reader = reader_of(certificates);
  const auto leaf = first_certificate(reader.get());
  if (!leaf) return leaf.error();
  return facts_of(leaf->get());
}

core::Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::make(std::string_view certificates,
                                                                   std::string_view key) {
  std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr || !set_rules(context.get())) {
    return core::make_error(core::ErrorCode::kInternal, "TLS cannot be had: " + openssl_reason("no reason is known"));
  }
  const BioPtr reader = reader_of(certificates);
  const auto leaf = first_certificate(reader.get());
  if (!leaf) return leaf.error();
  auto private_key = key_from_pem(key);
  if (!private_key) return private_key.error();
  if (SSL_CTX_use_certificate(context.get(), leaf->get()) != 1) {
    return wrong("the certificate cannot be used: " + openssl_reason("no reason is known"));
  }
  if (X509_check_private_key(leaf->get(), private_key->get()) != 1) {
    ERR_clear_error();
    return wrong("the key is not the certificate's: both must come from the same request");
  }
  if (SSL_CTX_use_PrivateKey(context.get(), private_key->get()) != 1) {
    return wrong("the key cannot be used: " + openssl_reason("no reason is known"));
  }
  for (int i = 0; i < kMaxChain; ++i) {
    const CertificatePtr further = next_certificate(reader.get());
    if (further == nullptr) break;
    if (SSL_CTX_add1_chain_cert(context.get(), further.get()) != 1) {
      return wrong("a certificate of the chain cannot be used: " + openssl_reason("no reason is known"));
    }
  }
  ERR_clear_error();
  return std::shared_ptr<const TlsIdentity>(new TlsIdentity(context.release(), facts_of(leaf->get())));
}

}  // namespace telltale::net
