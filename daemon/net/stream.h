// A connection as bytes, whatever carries them: a TCP or Unix socket as it is, or one under TLS. What HTTP, event
// streams and WebSockets are written over, so that each exists once. Models Asio's AsyncReadStream and
// AsyncWriteStream. A plain socket is used directly: it pays nothing for TLS but a look at a pointer. Net thread.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <sys/socket.h>

#include "daemon/net/completion.h"
#include "daemon/net/socket_types.h"
#include "daemon/net/tls_channel.h"

namespace telltale::net {

class Stream {
 public:
  using executor_type = Socket::executor_type;

  explicit Stream(Socket plain) : plain_(std::move(plain)) {}
  // After its handshake.
  Stream(std::unique_ptr<TlsChannel> tls, bool vouched)
      : plain_(tls->socket().get_executor()), tls_(std::move(tls)), vouched_(vouched) {}

  [[nodiscard]] executor_type get_executor() noexcept { return plain_.get_executor(); }
  [[nodiscard]] Socket& socket() { return tls_ == nullptr ? plain_ : tls_->socket(); }
  [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }
  // Under a certificate for which somebody vouches.
  [[nodiscard]] bool is_vouched() const { return vouched_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto&& handler, const Buffers& to) {
          if (tls_ == nullptr) return plain_.async_read_some(to, std::forward<decltype(handler)>(handler));
          tls_->read_some(first_of(to), Completion::of(std::forward<decltype(handler)>(handler)));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto&& handler, const Buffers& from) {
          if (tls_ == nullptr) return plain_.async_write_some(from, std::forward<decltype(handler)>(handler));
          tls_->write_some(parts_of(from), Completion::of(std::forward<decltype(handler)>(handler)));
        },
        token, buffers);
  }

  // Until there is something to read, or the peer has left. `handler(error_code)`.
  template <class Handler>
  void async_wait_read(Handler handler) {
    if (tls_ == nullptr || !tls_->has_pending()) return socket().async_wait(Socket::wait_read, std::move(handler));
    boost::asio::post(get_executor(),
                      [handler = std::move(handler)]() mutable { handler(boost::system::error_code()); });
  }
  // Whether the peer has closed its side. Not while a read is under way.
  [[nodiscard]] bool has_left() {
    if (tls_ != nullptr) return tls_->has_left();
    char byte = 0;
    const auto got = ::recv(plain_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  }
  void cancel() {
    boost::system::error_code ignored;
    socket().cancel(ignored);
  }
  // Nothing more will be written; says so.
  void shut_down() {
    boost::system::error_code ignored;
    if (tls_ != nullptr) tls_->shut_down();
    socket().shutdown(Socket::shutdown_send, ignored);
  }
  void close() {
    boost::system::error_code ignored;
    socket().close(ignored);
  }

 private:
  template <class Buffers>
  static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
      if (const boost::asio::mutable_buffer one(*at); one.size() > 0) return one;
    }
    return {};
  }
  template <class Buffers>
  static WriteParts parts_of(const Buffers& buffers) {
    WriteParts parts;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && parts.count < WriteParts::kMost; ++at) {
      if (const boost::asio::const_buffer one(*at); one.size() > 0) parts.parts[parts.count++] = one;
    }
    return parts;
  }

  Socket plain_;                     // closed when there is TLS
  std::unique_ptr<TlsChannel> tls_;  // none: plain
  bool vouched_ = false;
};

// How Beast closes a connection that is overdue.
inline void beast_close_socket(Stream& stream) { stream.close(); }

// How Beast ends a WebSocket (RFC 6455, 7.1.1): the server closes its side, then waits for the client to close.
inline void teardown(boost::beast::role_type /*role*/, Stream& stream, boost::system::error_code& error) {
  stream.shut_down();
  error = {};
}

template <class Handler>
class Teardown {
 public:
  Teardown(Stream& stream, Handler handler) : stream_(stream), handler_(std::move(handler)) {}
  void begin() && {
    stream_.shut_down();
    std::move(*this).read();
  }
  void operator()(boost::system::error_code error, std::size_t /*bytes*/) {
    if (!error) return std::move(*this).read();
    std::move(handler_)(boost::system::error_code());
  }

 private:
  void read() && {
    const auto to = boost::asio::buffer(*bytes_);
    stream_.async_read_some(to, std::move(*this));
  }

  Stream& stream_;
  Handler handler_;
  std::unique_ptr<std::array<char, 1'024>> bytes_ = std::make_unique<std::array<char, 1'024>>();
};

template <class Handler>
void async_teardown(boost::beast::role_type /*role*/, Stream& stream, Handler&& handler) {
  Teardown<std::decay_t<Handler>>(stream, std::forward<Handler>(handler)).begin();
}

}  // namespace telltale::net
