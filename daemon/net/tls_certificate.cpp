#include "daemon/net/tls_certificate.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "daemon/net/tls_pem.h"

namespace telltale::net {

namespace {

using NamePtr = std::unique_ptr<GENERAL_NAME, Freed<GENERAL_NAME_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;

constexpr std::size_t kMaxCommonName = 64;  // RFC 5280, ub-common-name
constexpr int kSerialBits = 127;            // positive, and well under 20 bytes

core::Error failed(std::string_view what) {
  return core::make_error(core::ErrorCode::kInternal,
                          std::string(what) + " could not be made: " + openssl_reason("no reason is known"));
}

core::Result<std::string> text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  if (size <= 0 || data == nullptr) return failed("the PEM form");
  return std::string(data, static_cast<std::size_t>(size));
}

// The bytes of an address; none when it is a name.
std::string address_bytes(const std::string& name) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

NamePtr general_name(const std::string& name) {
  NamePtr general(GENERAL_NAME_new());
  const std::string bytes = address_bytes(name);
  const std::string& value = bytes.empty() ? name : bytes;
  std::unique_ptr<ASN1_STRING, Freed<ASN1_STRING_free>> text(
      ASN1_STRING_type_new(bytes.empty() ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING));
  if (general == nullptr || text == nullptr ||
      ASN1_STRING_set(text.get(), value.data(), static_cast<int>(value.size())) != 1) {
    return nullptr;
  }
  GENERAL_NAME_set0_value(general.get(), bytes.empty() ? GEN_DNS : GEN_IPADD, text.release());
  return general;
}

bool add_names(X509* certificate, const std::vector<std::string>& names) {
  const NamesPtr all(sk_GENERAL_NAME_new_null());
  for (const std::string& name : names) {
    NamePtr general = general_name(name);
    if (general == nullptr || sk_GENERAL_NAME_push(all.get(), general.get()) == 0) return false;
    (void)general.release();
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const NumberPtr number(BN_new());
  return number != nullptr && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_time(ASN1_TIME* out, core::WallTime time) {
  if (time == core::WallTime::max()) return ASN1_TIME_set_string_X509(out, "99991231235959Z") == 1;
  // As text: the library's time_t need not be ours on a 32-bit machine.
  const auto text = fmt::format("{:%Y%m%d%H%M%SZ}", fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)));
  return ASN1_TIME_set_string_X509(out, text.c_str()) == 1;
}

bool set_subject(X509* certificate, const std::vector<std::string>& names) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto named = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return address_bytes(name).empty() && name.size() <= kMaxCommonName;
  });
  const std::string common = named == names.end() ? "telltale" : *named;
  return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common.data()),
                                    static_cast<int>(common.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

}  // namespace

bool is_certifiable(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  if (!address_bytes(std::string(name)).empty()) return true;
  return name.front() != '.' && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

core::Result<std::string> make_key() {
  ERR_clear_error();
  const KeyPtr key(EVP_EC_gen("P-256"));
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (key == nullptr || memory == nullptr ||
      PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed("the key");
  }
  return text_of(memory.get());
}

core::Result<std::string> make_certificate(std::string_view key, const CertificateWish& wish) {
  const auto signer = key_from_pem(key);
  if (!signer) return signer.error();
  const CertificatePtr certificate(X509_new());
  X509* const made = certificate.get();
  if (made == nullptr || X509_set_version(made, X509_VERSION_3) != 1 || !set_serial(made) ||
      !set_time(X509_getm_notBefore(made), wish.not_before) || !set_time(X509_getm_notAfter(made), wish.not_after) ||
      !set_subject(made, wish.names) || X509_set_pubkey(made, signer->get()) != 1 ||
      !add_extension(made, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(made, NID_key_usage, "critical,digitalSignature") ||
      !add_extension(made, NID_ext_key_usage, "serverAuth") || !add_names(made, wish.names) ||
      !add_extension(made, NID_subject_key_identifier, "hash") || X509_sign(made, signer->get(), EVP_sha256()) == 0) {
    return failed("the certificate");
  }
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || PEM_write_bio_X509(memory.get(), made) != 1) return failed("the certificate");
  return text_of(memory.get());
}

}  // namespace telltale::net
