#include "daemon/net/listen_socket.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace telltale::net {

namespace {

constexpr int kBacklog = 512;
constexpr int kType = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

core::Result<Address> tcp_address(const std::string& text, std::uint16_t port) {
  Address out;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&out.storage, &v4, sizeof(v4));
    out.size = sizeof(v4);
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&out.storage, &v6, sizeof(v6));
    out.size = sizeof(v6);
  } else {
    return core::make_error(core::ErrorCode::kInvalid, "this is not an IPv4 or IPv6 address", text);
  }
  return out;
}

core::Result<Address> unix_address(const std::string& path) {
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return core::make_error(core::ErrorCode::kInvalid, "the path of a Unix socket has 1 to 107 bytes", path);
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Address out;
  std::memcpy(&out.storage, &address, sizeof(address));
  out.size = sizeof(address);
  return out;
}

core::Error bind_error(int error, const std::string& place) {
  if (error != EADDRINUSE) return core::errno_error(error, "bind", place);
  return core::make_error(core::ErrorCode::kConflict, "something else listens there already", place);
}

// Whether anybody answers at the socket.
bool is_alive(const Address& address) {
  const core::Fd probe(::socket(AF_UNIX, kType, 0));
  return probe.valid() && ::connect(probe.get(), address.get(), address.size) == 0;
}

core::Result<void> remove_dead_socket(const Address& address, const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return {};
  if (!S_ISSOCK(there.st_mode)) {
    return core::make_error(core::ErrorCode::kConflict, "this is in the way and no socket", path);
  }
  if (is_alive(address)) {
    return core::make_error(core::ErrorCode::kConflict, "another daemon listens there already", path);
  }
  if (::unlink(path.c_str()) != 0) return core::errno_error(errno, "unlink", path);
  return {};
}

bool is_bound_to(int socket, const Address& wanted) {
  Address bound;
  bound.size = sizeof(bound.storage);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size) != 0) return false;
  return bound.size == wanted.size && std::memcmp(&bound.storage, &wanted.storage, bound.size) == 0;
}

}  // namespace

core::Result<core::Fd> listen_tcp(const std::string& address, std::uint16_t port, std::span<const int> handed_down) {
  const auto where = tcp_address(address, port);
  if (!where) return where.error();
  const std::string place = address + " port " + std::to_string(port);
  for (const int given : handed_down) {
    if (!is_bound_to(given, *where)) continue;
    core::Fd own(::fcntl(given, F_DUPFD_CLOEXEC, 3));
    if (!own.valid()) return core::errno_error(errno, "duplicate the socket", place);
    return own;
  }
  core::Fd socket(::socket(where->storage.ss_family, kType, 0));
  if (!socket.valid()) return core::errno_error(errno, "socket", place);
  const int on = 1;
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (where->storage.ss_family == AF_INET6) {
    const int off = 0;
    (void)::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (::bind(socket.get(), where->get(), where->size) != 0) return bind_error(errno, place);
  if (::listen(socket.get(), kBacklog) != 0) return bind_error(errno, place);
  return socket;
}

std::uint16_t port_of(const core::Fd& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

core::Result<core::Fd> listen_unix(const std::string& path) {
  const auto where = unix_address(path);
  if (!where) return where.error();
  if (auto removed = remove_dead_socket(*where, path); !removed) return removed.error();
  core::Fd socket(::socket(AF_UNIX, kType, 0));
  if (!socket.valid()) return core::errno_error(errno, "socket", path);
  // Nobody else gets in between bind and chmod: the inode takes the descriptor's mode (unix(7)).
  (void)::fchmod(socket.get(), 0600);
  if (::bind(socket.get(), where->get(), where->size) != 0) return bind_error(errno, path);
  if (::chmod(path.c_str(), 0660) != 0) return core::errno_error(errno, "chmod", path);
  if (::listen(socket.get(), kBacklog) != 0) return bind_error(errno, path);
  return socket;
}

}  // namespace telltale::net
