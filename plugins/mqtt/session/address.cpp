#include "plugins/mqtt/session/address.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace telltale::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A look-up in the background: getaddrinfo may take many seconds and cannot be interrupted, so it runs in glibc's own
// thread. When it must be left behind, its memory is left behind with it.
struct Lookup {
  std::string name;
  std::string service;
  addrinfo hints{};
  gaicb request{};
  gaicb* list[1] = {&request};
};

std::vector<Address> addresses_of(const addrinfo* found, std::uint16_t port) {
  std::vector<Address> addresses;
  for (; found != nullptr; found = found->ai_next) {
    std::array<char, NI_MAXHOST> host{};
    if (::getnameinfo(found->ai_addr, found->ai_addrlen, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
      continue;
    }
    addresses.push_back({host.data(), found->ai_family == AF_INET6, port});
  }
  return addresses;
}

std::string unknown_name(const Broker& broker, int code) {
  const char* const why = code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(code);
  return "the name '" + broker.host + "' of the broker is not known (" + why + "): is it right, is the network up?";
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// Of a server that takes a TCP connection and then does not do what was hoped for.
std::string no_answer(const Broker& broker, const std::string& where) {
  if (broker.encrypted()) {
    return where + " accepts connections, but TLS fails: is it the right port, is the broker's certificate for '" +
           broker.host + "' and signed by " + (broker.tls.ca.empty() ? "an authority of the system" : broker.tls.ca) +
           (broker.tls.cert.empty() ? ", does it ask for a certificate of this client?"
                                    : ", does it know the certificate of this client?");
  }
  if (broker.transport == Transport::kWebSocket) {
    return where + " accepts connections, but no WebSocket of MQTT: is it the right port and path?";
  }
  return where + " accepts connections but does not answer as an MQTT broker: is it the right port?";
}

std::string words_of(int error, const Broker& broker, const std::string& where) {
  switch (error) {
    case 0:
      return no_answer(broker, where);
    case ECONNREFUSED:
      return "connection refused by " + where + ": is the broker running?";
    case ETIMEDOUT:
    case EINPROGRESS:
      return where + " does not answer: is the address right, is a firewall in between?";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "there is no way to " + where + " (" + std::strerror(error) + "): is the network up?";
    default:
      return "no connection to " + where + ": " + std::strerror(error);
  }
}

// 0, or the error of a TCP connection; EINPROGRESS when it took too long.
int try_connection(const addrinfo& target, Stop stop, milliseconds patience) {
  const Socket socket(::socket(target.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.fd() < 0) return errno;
  if (::connect(socket.fd(), target.ai_addr, target.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  for (const auto end = steady_clock::now() + patience; steady_clock::now() < end && !stop.requested();) {
    pollfd descriptor{socket.fd(), POLLOUT, 0};
    if (::poll(&descriptor, 1, 50) <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  return EINPROGRESS;
}

}  // namespace

std::variant<std::vector<Address>, std::string> resolve(const Broker& broker, Stop stop, milliseconds patience) {
  auto lookup = std::make_unique<Lookup>();
  lookup->name = broker.host;
  lookup->service = std::to_string(broker.port);
  lookup->hints.ai_socktype = SOCK_STREAM;
  lookup->hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int code = ::getaddrinfo(lookup->name.c_str(), lookup->service.c_str(), &lookup->hints, &found);
  if (code == EAI_NONAME) {  // not numeric: ask the resolver
    lookup->hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    lookup->request.ar_name = lookup->name.c_str();
    lookup->request.ar_service = lookup->service.c_str();
    lookup->request.ar_request = &lookup->hints;
    code = ::getaddrinfo_a(GAI_NOWAIT, lookup->list, 1, nullptr);
    if (code != 0) return unknown_name(broker, code);
    const auto end = steady_clock::now() + patience;
    while ((code = ::gai_error(&lookup->request)) == EAI_INPROGRESS) {
      if (steady_clock::now() < end && !stop.wait_for(milliseconds(5))) continue;
      if (::gai_cancel(&lookup->request) != EAI_CANCELED) (void)lookup.release();
      return "no answer about the name '" + broker.host + "' of the broker: is the network up?";
    }
    found = lookup->request.ar_result;
  }
  if (code != 0) return unknown_name(broker, code);
  std::vector<Address> addresses = addresses_of(found, broker.port);
  ::freeaddrinfo(found);
  if (addresses.empty()) return "the name '" + broker.host + "' of the broker has no address";
  return addresses;
}

std::string explain(const Broker& broker, const Address& address, Stop stop, milliseconds patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* target = nullptr;
  const int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &target);
  if (code != 0) return "no connection to " + address.where() + ": " + ::gai_strerror(code);
  const int error = try_connection(*target, stop, patience);
  ::freeaddrinfo(target);
  return words_of(error, broker, address.where());
}

}  // namespace telltale::mqtt
