#include "daemon/app/service_manager.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace telltale::app {

namespace {

constexpr int kFirstSocket = 3;  // SD_LISTEN_FDS_START
constexpr int kMaxSockets = 64;
constexpr std::string_view kName = "listen";

std::string take_variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is no second thread yet
  const char* const value = std::getenv(name);
  std::string text = value != nullptr ? value : "";
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  return text;
}

std::optional<long long> number_in(const std::string& text) {
  long long number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || rest != end) return std::nullopt;
  return number;
}

bool listens(int fd) {
  int answer = 0;
  socklen_t size = sizeof answer;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer != 0;
}

// Whether the variables are meant for this process: a parent's may have been inherited.
bool is_for_us(const std::string& pid) { return number_in(pid) == static_cast<long long>(::getpid()); }

}  // namespace

ServiceManager ServiceManager::of_this_process() {
  ServiceManager manager;
  manager.address_ = take_variable("NOTIFY_SOCKET");
  if (manager.address_.size() >= sizeof(sockaddr_un::sun_path)) manager.address_.clear();
  const std::string watchdog_pid = take_variable("WATCHDOG_PID");
  const auto watchdog = number_in(take_variable("WATCHDOG_USEC"));
  if (watchdog && *watchdog > 0 && (watchdog_pid.empty() || is_for_us(watchdog_pid)))
    manager.watchdog_ = std::chrono::microseconds(*watchdog);
  const bool sockets_for_us = is_for_us(take_variable("LISTEN_PID"));
  const long long sockets = number_in(take_variable("LISTEN_FDS")).value_or(0);
  take_variable("LISTEN_FDNAMES");
  if (!sockets_for_us || sockets < 1 || sockets > kMaxSockets) return manager;
  for (int fd = kFirstSocket; fd < kFirstSocket + static_cast<int>(sockets); ++fd) {
    if (!listens(fd)) continue;
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    manager.sockets_.emplace_back(fd);
  }
  return manager;
}

std::vector<int> ServiceManager::sockets() const {
  std::vector<int> all;
  for (const core::Fd& socket : sockets_) all.push_back(socket.get());
  return all;
}

void ServiceManager::keep_socket(int listening) {
  sockets_.clear();
  // Of an address that is no longer configured, or the one that is added again with the next line.
  tell(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", kName));
  if (listening >= 0) tell(fmt::format("FDSTORE=1\nFDNAME={}", kName), listening);
}

void ServiceManager::ready(std::string_view status) const { tell(fmt::format("READY=1\nSTATUS={}", status)); }
void ServiceManager::reloading() const { tell("RELOADING=1\nSTATUS=reading the configuration again"); }
void ServiceManager::status(std::string_view text) const { tell(fmt::format("STATUS={}", text)); }
void ServiceManager::stopping() const { tell("STOPPING=1\nSTATUS=ending the inputs, then the last commit"); }
void ServiceManager::alive() const { tell("WATCHDOG=1"); }

void ServiceManager::tell(std::string_view message, int attached) const {
  if (address_.empty()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';  // the abstract namespace
  std::string text(message);
  iovec part{text.data(), text.size()};
  msghdr datagram{};
  datagram.msg_name = &to;
  datagram.msg_namelen = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  datagram.msg_iov = &part;
  datagram.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof attached)] = {};
  if (attached >= 0) {
    datagram.msg_control = static_cast<void*>(control);
    datagram.msg_controllen = sizeof control;
    cmsghdr* const header = CMSG_FIRSTHDR(&datagram);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof attached);
    std::memcpy(CMSG_DATA(header), &attached, sizeof attached);
  }
  const core::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // A sign of life that does not get through is missed by the one who waits for it: nothing else to do here.
  if (socket.valid()) (void)::sendmsg(socket.get(), &datagram, MSG_NOSIGNAL);
}

}  // namespace telltale::app
