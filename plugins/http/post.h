// One connection to a server that batches are posted to, with libcurl. Redirections are not followed: a token goes to
// nobody else. Shared by the sinks that speak HTTP. Of the instance's thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::http {

struct PostSettings {
  std::string url;                   // of the request
  std::vector<std::string> headers;  // `Name: value`, of every request
  std::string user;
  std::string password;
  std::string ca;  // a file; empty: the system's
  bool verify = true;
  std::chrono::nanoseconds timeout{};
};

struct Answer {
  long status = 0;
  std::chrono::seconds retry_after{};  // as the server asks; 0: it does not
  std::string body;                    // its beginning

  [[nodiscard]] bool good() const noexcept { return status >= 200 && status <= 299; }
};

class Poster {
 public:
  // Throws ConfigError when a header is not one line.
  explicit Poster(PostSettings settings);
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;
  ~Poster();
  // Throws IoError when the server is not reached, Stopped when stop_fd became readable.
  [[nodiscard]] Answer post(std::string_view body, int stop_fd);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace telltale::http
