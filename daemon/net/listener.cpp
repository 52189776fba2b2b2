#include "daemon/net/listener.h"

#include <array>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "daemon/net/access.h"
#include "daemon/net/http_session.h"
#include "daemon/net/tls_door.h"

namespace telltale::net {

namespace {

namespace asio = boost::asio;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 5\r\n"
    "Content-Length: 138\r\nConnection: close\r\n\r\n"
    R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":"too many connections are open: close some, or try again later"})";

Peer peer_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(const_cast<Socket&>(socket).native_handle(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return {PeerKind::kOther, "unknown"};
  }
  if (address.ss_family == AF_UNIX) return {PeerKind::kUnixSocket, {}};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* raw = address.ss_family == AF_INET
                        ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&address)->sin_addr)
                        : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr);
  if (inet_ntop(address.ss_family, raw, text.data(), text.size()) == nullptr) return {PeerKind::kOther, "unknown"};
  return {peer_kind_of(text.data()), text.data()};
}

}  // namespace

Listener::Listener(asio::io_context& context, core::Fd socket, Hall hall)
    : acceptor_(context), pause_(context), hall_(std::move(hall)) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  acceptor_.assign(Protocol(address.ss_family, 0), socket.release());
}

void Listener::start() { accept(); }

void Listener::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::accept() {
  acceptor_.async_accept([self = shared_from_this()](boost::system::error_code error, Socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error) {
      self->take(std::move(socket));
      self->accept();
      return;
    }
    // Out of descriptors or memory: accepting again at once would spin.
    self->pause_.expires_after(std::chrono::milliseconds(100));
    self->pause_.async_wait([self](boost::system::error_code ended) {
      if (!ended) self->accept();
    });
  });
}

void Listener::take(Socket socket) {
  Peer peer = peer_of(socket);
  peer.proxy = hall_.site->trusts(peer);
  const bool tcp = peer.kind != PeerKind::kUnixSocket;
  auto seat = hall_.connections->admit(std::move(peer));
  if (seat == nullptr) {
    // Best effort: what the socket's buffer does not take is not worth a place. Under TLS it could not be read.
    if (hall_.tls != nullptr) return;
    (void)::send(socket.native_handle(), kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  if (tcp) {
    const int on = 1;
    (void)::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  if (hall_.tls != nullptr) return start_at_tls_door(std::move(socket), std::move(seat), hall_);
  start_http_session(Stream(std::move(socket)), std::move(seat), hall_);
}

}  // namespace telltale::net
