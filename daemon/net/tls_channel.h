// One connection under TLS, over a socket that does not block: OpenSSL works on the descriptor itself and asio waits
// until it can go on. That takes no buffers of its own beside OpenSSL's, which are given back while nothing is on its
// way: asio's ssl::stream would hold 68 KB for every viewer. Net thread. The process ignores SIGPIPE.
//
// One handshake, one read and one write at a time, as with any stream of asio. An operation's completion keeps the
// connection alive until it is called, and is never called before the function that began it has returned.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include <boost/asio/buffer.hpp>

#include "daemon/net/completion.h"
#include "daemon/net/socket_types.h"
#include "daemon/net/tls_identity.h"

struct ssl_st;

namespace telltale::net {

// What is written at once: the beginning of a sequence of buffers.
struct WriteParts {
  static constexpr std::size_t kMost = 16;
  std::array<boost::asio::const_buffer, kMost> parts;
  std::size_t count = 0;
};

class TlsChannel {
 public:
  // Null when OpenSSL has no memory for it.
  [[nodiscard]] static std::unique_ptr<TlsChannel> make(Socket socket, const TlsIdentity& identity);
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;
  ~TlsChannel();

  [[nodiscard]] Socket& socket() { return socket_; }
  void handshake(Completion done);
  void read_some(boost::asio::mutable_buffer to, Completion done);
  void write_some(const WriteParts& from, Completion done);
  // Bytes that are decrypted already: no wait on the socket would tell of them.
  [[nodiscard]] bool has_pending() const;
  // Whether the peer has said goodbye or is gone. Not while a read is under way.
  [[nodiscard]] bool has_left();
  // Says goodbye, so that the peer knows that nothing was cut off; what the socket does not take at once is not said.
  void shut_down();

 private:
  TlsChannel(Socket socket, ssl_st* ssl);
  struct Step;
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  [[nodiscard]] Step step_of(int result);
  void on_handshake(Completion done, bool first);
  void read(boost::asio::mutable_buffer to, Completion done, bool first);
  void write(const WriteParts& from, Completion done, bool first);
  template <class Again>
  void wait(const Step& step, Completion done, Again again);
  void finish(const Step& step, Completion done, bool first);

  Socket socket_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bool broken_ = false;  // nothing may be said any more
};

}  // namespace telltale::net
