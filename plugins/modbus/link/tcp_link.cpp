#include "plugins/modbus/link/tcp_link.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace telltale::modbus {
namespace {

constexpr std::chrono::seconds kResolvePatience{10};
constexpr std::chrono::seconds kConnectPatience{5};
constexpr std::chrono::seconds kSendPatience{2};

// A look-up in the background: getaddrinfo may take many seconds and cannot be interrupted, so it runs in glibc's own
// thread. When it must be left behind, its memory is left behind with it.
struct Lookup {
  std::string name;
  std::string service;
  addrinfo hints{};
  gaicb request{};
  gaicb* list[1] = {&request};
};

struct Found {
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> list{nullptr, [](addrinfo* it) { ::freeaddrinfo(it); }};
  std::optional<std::string> reason;  // why there is nothing
};

Found resolve(const Address& address, const Host& host, const Signals& signals) {
  Found found;
  auto lookup = std::make_unique<Lookup>();
  lookup->name = address.host;
  lookup->service = std::to_string(address.port);
  lookup->hints.ai_socktype = SOCK_STREAM;
  lookup->hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int code = ::getaddrinfo(lookup->name.c_str(), lookup->service.c_str(), &lookup->hints, &list);
  if (code == EAI_NONAME) {  // not numeric: ask the resolver
    lookup->hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    lookup->request.ar_name = lookup->name.c_str();
    lookup->request.ar_service = lookup->service.c_str();
    lookup->request.ar_request = &lookup->hints;
    code = ::getaddrinfo_a(GAI_NOWAIT, lookup->list, 1, nullptr);
    const Time end = host.now() + kResolvePatience;
    while (code == 0 && (code = ::gai_error(&lookup->request)) == EAI_INPROGRESS) {
      const Io waited = wait_on(-1, 0, host.now() + std::chrono::milliseconds(5), host, signals, false);
      code = 0;
      if (host.now() < end && waited != Io::kStopped) continue;
      if (::gai_cancel(&lookup->request) != EAI_CANCELED) (void)lookup.release();
      found.reason =
          waited == Io::kStopped ? "" : "no answer about the name '" + address.host + "': is the network up?";
      return found;
    }
    list = lookup->request.ar_result;
  }
  if (code != 0) {
    const char* const why = code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(code);
    found.reason = "the name '" + address.host + "' is not known (" + why + "): is it right, is the network up?";
    return found;
  }
  found.list.reset(list);
  return found;
}

std::string words_of(int error, const std::string& where) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused by " + where + ": is the device on, is it the right port?";
    case ETIMEDOUT:
      return where + " does not answer: is the address right, is the device on?";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "there is no way to " + where + " (" + std::strerror(error) + "): is the network up?";
    default:
      return "no connection to " + where + ": " + std::strerror(error);
  }
}

// A connected socket, or -1 and the error; 0 when the input is being stopped.
int connect_to(const addrinfo& target, const Host& host, const Signals& signals, int& error) {
  const int fd = ::socket(target.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  error = fd < 0 ? errno : 0;
  if (fd < 0) return -1;
  if (::connect(fd, target.ai_addr, target.ai_addrlen) != 0) {
    error = errno;
    if (error == EINPROGRESS) {
      const Io waited = wait_on(fd, POLLOUT, host.now() + kConnectPatience, host, signals, false);
      socklen_t size = sizeof error;
      error = waited == Io::kTimeout ? ETIMEDOUT : 0;
      if (waited == Io::kDone || waited == Io::kBroken) ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (waited == Io::kBroken && error == 0) error = ECONNRESET;
      if (waited == Io::kStopped) error = EINTR;
    }
  }
  if (error != 0) {
    ::close(fd);
    return -1;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return fd;
}

}  // namespace

std::optional<std::string> TcpLink::open() {
  close();
  Found found = resolve(address_, host_, signals_);
  if (found.reason) return found.reason;
  int error = 0;
  for (const addrinfo* target = found.list.get(); target != nullptr; target = target->ai_next) {
    fd_ = connect_to(*target, host_, signals_, error);
    if (fd_ >= 0) return std::nullopt;
    if (error == EINTR) return "";
  }
  return words_of(error, where());
}

void TcpLink::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Io TcpLink::send(std::span<const std::uint8_t> bytes) {
  const Time end = now() + kSendPatience;
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(size));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Io::kBroken;
    const Io ready = wait_on(fd_, POLLOUT, end, host_, signals_, false);
    if (ready != Io::kDone) return ready == Io::kStopped ? Io::kStopped : Io::kBroken;
  }
  return Io::kDone;
}

}  // namespace telltale::modbus
