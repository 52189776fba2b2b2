// A TCP server of a test that does with each connection what the test says: for clients that must stand anything.
#pragma once

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace telltale::test {

class HostileServer {
 public:
  // One connection, of the server's thread; every call returns soon after the test is over.
  class Peer {
   public:
    Peer(int fd, const std::atomic<bool>& over) : fd_(fd), over_(over) {}
    // What is there to read within 20 ms, or an empty text; `closed()` afterwards when it was ended.
    std::string read() {
      pollfd look{fd_, POLLIN, 0};
      if (::poll(&look, 1, 20) <= 0) return {};
      std::string text(65'536, '\0');
      const ssize_t count = ::recv(fd_, text.data(), text.size(), 0);
      if (count <= 0) closed_ = true;
      text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
      return text;
    }
    // Reads until the text has come; false when it was ended before.
    bool read_until(std::string_view text) {
      std::string all;
      while (!closed() && all.find(text) == std::string::npos) all += read();
      return all.find(text) != std::string::npos;
    }
    // False when it cannot be sent any more.
    bool send(std::string_view text) {
      while (!text.empty() && !closed()) {
        pollfd look{fd_, POLLOUT, 0};
        if (::poll(&look, 1, 20) <= 0) continue;
        const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno != EAGAIN) closed_ = true;
        if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
      }
      return text.empty();
    }
    // Until the client ends it, or the test is over.
    void wait() {
      while (!closed()) (void)read();
    }
    [[nodiscard]] bool closed() const { return closed_ || over_.load(); }

   private:
    int fd_;
    const std::atomic<bool>& over_;
    bool closed_ = false;
  };
  using Talk = std::function<void(Peer&)>;

  explicit HostileServer(Talk talk) : talk_(std::move(talk)), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, plain, size) != 0 || ::listen(fd_, 16) != 0 || ::getsockname(fd_, plain, &size) != 0) {
      throw std::runtime_error("no port is left");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  ~HostileServer() {
    over_ = true;
    thread_.join();
    ::close(fd_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_.load(); }

 private:
  void run() {
    while (!over_) {
      pollfd look{fd_, POLLIN, 0};
      if (::poll(&look, 1, 20) <= 0) continue;
      const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++connections_;
      Peer peer(fd, over_);
      talk_(peer);
      ::close(fd);
    }
  }

  Talk talk_;
  int fd_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace telltale::test
