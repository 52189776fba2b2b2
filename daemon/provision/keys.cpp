#include "daemon/provision/keys.h"

#include <array>
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/read_file.h"
#include "daemon/core/fd.h"

namespace telltale::provision {

namespace {

constexpr std::size_t kMostKeyFile = 16'384;

using core::ErrorCode;
using core::make_error;
using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Context = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

Bio memory_of(std::string_view text) {
  return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), ::BIO_free};
}
Context new_context() { return {::EVP_MD_CTX_new(), ::EVP_MD_CTX_free}; }

// OpenSSL's bytes are unsigned chars.
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Asked for a passphrase: there is nobody who could be.
int no_passphrase(char* /*room*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

core::Error no_key(const std::string& file, std::string_view kind) {
  return make_error(ErrorCode::kInvalid, fmt::format("is no {} key of Ed25519 in PEM, without a passphrase", kind),
                    file);
}

core::Result<std::string> pem_of(const EVP_PKEY* key, bool of_private) {
  const Bio out(::BIO_new(::BIO_s_mem()), ::BIO_free);
  const bool good =
      out && (of_private ? ::PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr)
                         : ::PEM_write_bio_PUBKEY(out.get(), key)) == 1;
  if (!good) return make_error(ErrorCode::kInternal, "OpenSSL cannot write a key");
  std::string text(::BIO_ctrl_pending(out.get()), '\0');
  const int got = ::BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
  if (got != static_cast<int>(text.size())) return make_error(ErrorCode::kInternal, "OpenSSL cannot write a key");
  return text;
}

// A file that was not there.
core::Result<void> write_fresh(const std::string& path, std::string_view text, mode_t mode) {
  const core::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid() && errno == EEXIST) return make_error(ErrorCode::kConflict, "is there already, and stays", path);
  if (!fd.valid()) return core::errno_error(errno, "make", path);
  if (::fchmod(fd.get(), mode) != 0) return core::errno_error(errno, "set the mode of", path);
  const ssize_t wrote = ::write(fd.get(), text.data(), text.size());
  if (wrote != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0) {
    const int failure = errno;
    ::unlink(path.c_str());
    return core::errno_error(failure, "write", path);
  }
  return {};
}

}  // namespace

core::Result<void> make_key_pair(const std::string& name) {
  const Key key(::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), ::EVP_PKEY_free);
  if (!key) return make_error(ErrorCode::kInternal, "OpenSSL cannot make a key");
  const auto own = pem_of(key.get(), true);
  const auto shown = pem_of(key.get(), false);
  if (!own) return own.error();
  if (!shown) return shown.error();
  if (auto written = write_fresh(name + ".key", *own, 0600); !written) return written.error();
  if (auto written = write_fresh(name + ".pub", *shown, 0644); !written) {
    ::unlink((name + ".key").c_str());
    return written.error();
  }
  return {};
}

core::Result<std::string> sign(std::string_view bytes, const std::string& private_key_file) {
  const auto text = config::read_private_file(private_key_file, kMostKeyFile);
  if (!text) return text.error();
  const Bio in = memory_of(*text);
  const Key key(::PEM_read_bio_PrivateKey(in.get(), nullptr, &no_passphrase, nullptr), ::EVP_PKEY_free);
  if (!key || ::EVP_PKEY_is_a(key.get(), "ED25519") != 1) return no_key(private_key_file, "private");
  const Context context = new_context();
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  const bool good = context && ::EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                    ::EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(bytes), bytes.size()) == 1 &&
                    size == signature.size();
  if (!good) return make_error(ErrorCode::kInternal, "OpenSSL cannot sign with it", private_key_file);
  return signature;
}

core::Result<std::string> read_trusted_file(const std::string& file, std::size_t most) {
  const core::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return core::errno_error(errno, "open", file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return core::errno_error(errno, "look at", file);
  if (!S_ISREG(status.st_mode)) return make_error(ErrorCode::kInvalid, "is not a file", file);
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return make_error(ErrorCode::kDenied, "belongs to another user, who could change it: it has to be root's", file);
  }
  if ((status.st_mode & 022U) != 0) {
    return make_error(ErrorCode::kDenied, "can be changed by others; run: chmod go-w " + file, file);
  }
  std::string text(most + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return core::errno_error(errno, "read", file);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most) return make_error(ErrorCode::kLimit, fmt::format("is larger than {} bytes", most), file);
  text.resize(size);
  return text;
}

core::Result<PublicKey> read_public_key(const std::string& file) {
  const auto text = read_trusted_file(file, kMostKeyFile);
  if (!text) return text.error();
  const Bio in = memory_of(*text);
  const Key key(::PEM_read_bio_PUBKEY(in.get(), nullptr, &no_passphrase, nullptr), ::EVP_PKEY_free);
  PublicKey read{std::string(32, '\0'), file};
  std::size_t size = read.bytes.size();
  const bool good = key && ::EVP_PKEY_is_a(key.get(), "ED25519") == 1 &&
                    ::EVP_PKEY_get_raw_public_key(key.get(), bytes_of(read.bytes), &size) == 1 &&
                    size == read.bytes.size();
  if (!good) return no_key(file, "public");
  return read;
}

bool verify(std::string_view bytes, std::string_view signature, const PublicKey& key) {
  const Key one(::EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key.bytes), key.bytes.size()),
                ::EVP_PKEY_free);
  const Context context = new_context();
  return one && context && ::EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, one.get()) == 1 &&
         ::EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
}

std::string digest_of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  if (::EVP_Q_digest(nullptr, "SHA256", nullptr, bytes.data(), bytes.size(), digest.data(), &size) != 1) return {};
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

}  // namespace telltale::provision
