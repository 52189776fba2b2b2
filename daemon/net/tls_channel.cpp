#include "daemon/net/tls_channel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace telltale::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// What one record holds (RFC 8446, 5.1).
constexpr std::size_t kRecord = 16'384;

}  // namespace

// What came of one call of OpenSSL's.
struct TlsChannel::Step {
  enum class Then : std::uint8_t { kDone, kWaitRead, kWaitWrite };
  Then then = Then::kDone;
  error_code error;
  std::size_t bytes = 0;
};

void TlsChannel::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

std::unique_ptr<TlsChannel> TlsChannel::make(Socket socket, const TlsIdentity& identity) {
  error_code failed;
  socket.native_non_blocking(true, failed);
  SSL* const ssl = failed ? nullptr : SSL_new(identity.context());
  if (ssl == nullptr || SSL_set_fd(ssl, socket.native_handle()) != 1) {
    SSL_free(ssl);
    return nullptr;
  }
  SSL_set_accept_state(ssl);
  return std::unique_ptr<TlsChannel>(new TlsChannel(std::move(socket), ssl));
}

TlsChannel::TlsChannel(Socket socket, ssl_st* ssl) : socket_(std::move(socket)), ssl_(ssl) {}

TlsChannel::~TlsChannel() = default;

TlsChannel::Step TlsChannel::step_of(int result) {
  const int system_error = errno;
  if (result > 0) return {Step::Then::kDone, {}, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Step::Then::kWaitRead, {}, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Step::Then::kWaitWrite, {}, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Step::Then::kDone, asio::error::eof, 0};
    case SSL_ERROR_SYSCALL:
      broken_ = true;
      if (system_error != 0) return {Step::Then::kDone, error_code(system_error, boost::system::system_category()), 0};
      return {Step::Then::kDone, asio::error::eof, 0};
    default:
      broken_ = true;
      return {Step::Then::kDone, asio::error::connection_aborted, 0};
  }
}

template <class Again>
void TlsChannel::wait(const Step& step, Completion done, Again again) {
  const auto what = step.then == Step::Then::kWaitRead ? Socket::wait_read : Socket::wait_write;
  socket_.async_wait(what, [done = std::move(done), again](error_code error) mutable {
    if (error) return done(error, 0);
    again(std::move(done));
  });
}

// Whoever began the operation must have returned before it hears of the end.
void TlsChannel::finish(const Step& step, Completion done, bool first) {
  if (!first) return done(step.error, step.bytes);
  asio::post(socket_.get_executor(), [step, done = std::move(done)]() mutable { done(step.error, step.bytes); });
}

void TlsChannel::handshake(Completion done) { on_handshake(std::move(done), true); }

void TlsChannel::on_handshake(Completion done, bool first) {
  ERR_clear_error();
  errno = 0;
  const Step step = step_of(SSL_do_handshake(ssl_.get()));
  if (step.then == Step::Then::kDone) return finish(step, std::move(done), first);
  wait(step, std::move(done), [this](Completion then) { on_handshake(std::move(then), false); });
}

void TlsChannel::read_some(asio::mutable_buffer to, Completion done) { read(to, std::move(done), true); }

void TlsChannel::read(asio::mutable_buffer to, Completion done, bool first) {
  if (to.size() == 0) return finish({}, std::move(done), first);
  ERR_clear_error();
  errno = 0;
  const Step step = step_of(SSL_read(ssl_.get(), to.data(), static_cast<int>(std::min(to.size(), kRecord))));
  if (step.then == Step::Then::kDone) return finish(step, std::move(done), first);
  wait(step, std::move(done), [this, to](Completion then) { read(to, std::move(then), false); });
}

void TlsChannel::write_some(const WriteParts& from, Completion done) { write(from, std::move(done), true); }

// Several buffers go out as one record: a header of ten bytes would cost a record, a system call and perhaps a packet
// of its own. OpenSSL has made a copy of its own when it says that it has to wait, and only compares the length later.
void TlsChannel::write(const WriteParts& from, Completion done, bool first) {
  std::array<char, kRecord> together;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as it is used
  const char* data = together.data();
  std::size_t size = 0;
  if (from.count == 1) {
    data = static_cast<const char*>(from.parts[0].data());
    size = std::min(from.parts[0].size(), kRecord);
  } else {
    for (std::size_t i = 0; i < from.count && size < kRecord; ++i) {
      const std::size_t part = std::min(from.parts[i].size(), kRecord - size);
      std::memcpy(together.data() + size, from.parts[i].data(), part);
      size += part;
    }
  }
  if (size == 0) return finish({}, std::move(done), first);
  ERR_clear_error();
  errno = 0;
  const Step step = step_of(SSL_write(ssl_.get(), data, static_cast<int>(size)));
  if (step.then == Step::Then::kDone) return finish(step, std::move(done), first);
  wait(step, std::move(done), [this, from](Completion then) { write(from, std::move(then), false); });
}

bool TlsChannel::has_pending() const { return SSL_pending(ssl_.get()) > 0; }

bool TlsChannel::has_left() {
  char byte = 0;
  ERR_clear_error();
  errno = 0;
  const Step step = step_of(SSL_peek(ssl_.get(), &byte, 1));
  return step.then == Step::Then::kDone && step.error;
}

void TlsChannel::shut_down() {
  if (broken_ || SSL_is_init_finished(ssl_.get()) != 1) return;
  ERR_clear_error();
  (void)SSL_shutdown(ssl_.get());
}

}  // namespace telltale::net
