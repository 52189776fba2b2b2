// A file of /proc that is read again and again: kept open, read from its start each time.
#pragma once

#include <string>
#include <string_view>

namespace telltale::linux_input {

// Owned by one thread.
class ProcFile {
 public:
  static constexpr std::size_t kMaxBytes = 4U << 20;  // more is refused: no file of /proc that is read here comes near

  explicit ProcFile(std::string path) : path_(std::move(path)) {}
  ProcFile(ProcFile&& other) noexcept;
  ProcFile& operator=(ProcFile&&) = delete;
  ProcFile(const ProcFile&) = delete;
  ProcFile& operator=(const ProcFile&) = delete;
  ~ProcFile();

  // The content, valid until the next call; empty when there is no such file, it is empty or cannot be read. A file
  // that could not be opened or read is opened anew at the next call.
  [[nodiscard]] std::string_view read();

 private:
  void close();

  std::string path_;
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace telltale::linux_input
