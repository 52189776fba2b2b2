// A server of one fixed answer per connection, so that a test decides every byte and its grouping.
#pragma once

#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::test {

class CannedServer {
 public:
  // Answers each connection with `pieces`, one write each, once it has read a whole request; then closes.
  explicit CannedServer(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "telltale-cli-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    listener_ = core::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(0, ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    EXPECT_EQ(0, ::listen(listener_.get(), 4));
    thread_ = std::thread([this] { serve(); });
  }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;
  ~CannedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] std::string path() const { return directory_ + "/api.sock"; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  // The request as it was sent; after the client returned.
  [[nodiscard]] const std::string& request() const { return request_; }

 private:
  void serve() {
    for (;;) {
      const core::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection.valid()) return;
      request_.clear();
      char buffer[4096];
      while (request_.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(connection.get(), buffer, sizeof buffer, 0);
        if (got <= 0) break;
        request_.append(buffer, static_cast<std::size_t>(got));
      }
      for (const std::string& piece : pieces_) ::send(connection.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
      ::shutdown(connection.get(), SHUT_WR);
      // Until the client is done: closing with unread bytes would reset the connection.
      while (::recv(connection.get(), buffer, sizeof buffer, 0) > 0) {
      }
    }
  }

  std::vector<std::string> pieces_;
  std::string directory_;
  std::string request_;
  core::Fd listener_;
  std::thread thread_;
};

}  // namespace telltale::test
