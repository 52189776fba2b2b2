// One connection to a server that batches are posted to, with libcurl. Redirections are not followed: a token goes to
// nobody else. Of the instance's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace telltale::influx {

struct PostSettings {
  std::string url;  // of the request
  std::string user;
  std::string password;
  std::string token;
  std::string ca;  // a file; empty: the system's
  bool verify = true;
  bool gzip = true;
  std::chrono::nanoseconds timeout{};
};

struct Answer {
  long status = 0;
  std::chrono::seconds retry_after{};  // as the server asks; 0: it does not
  std::string body;                    // its beginning
};

class Poster {
 public:
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

// Throws std::runtime_error for want of memory.
[[nodiscard]] std::string gzipped(std::string_view text);

}  // namespace telltale::influx
