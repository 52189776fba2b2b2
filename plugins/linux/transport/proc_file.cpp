#include "plugins/linux/transport/proc_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace telltale::linux_input {
namespace {
constexpr std::size_t kFirstBytes = 4096;
}

ProcFile::ProcFile(ProcFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

ProcFile::~ProcFile() { close(); }

void ProcFile::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string_view ProcFile::read() {
  if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return {};
  if (buffer_.empty()) buffer_.resize(kFirstBytes);
  // The kernel makes the text when it is read from offset 0, so one large read is one moment: when the buffer was too
  // small, read it again from the start.
  for (;;) {
    const ssize_t size = ::pread(fd_, buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      close();
      return {};
    }
    if (static_cast<std::size_t>(size) < buffer_.size()) return {buffer_.data(), static_cast<std::size_t>(size)};
    if (buffer_.size() >= kMaxBytes) return {};
    buffer_.resize(buffer_.size() * 2);
  }
}

}  // namespace telltale::linux_input
