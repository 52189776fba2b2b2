#include "daemon/tools/byte_source.h"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::tools {

namespace {

namespace zlib = boost::beast::zlib;

constexpr std::size_t kPiece = 65'536;
constexpr std::size_t kMostHeader = 65'536;

class PlainSource final : public ByteSource {
 public:
  PlainSource(core::Fd fd, std::string path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}

  core::Result<void> next(std::string& piece) override {
    piece.resize(kPiece);
    for (;;) {
      const ssize_t got = ::read(fd_.get(), piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return core::errno_error(errno, "read", path_);
      piece.resize(static_cast<std::size_t>(got));
      position_ += static_cast<std::uint64_t>(got);
      return {};
    }
  }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::uint64_t size() const override { return size_; }

 private:
  core::Fd fd_;
  const std::string path_;
  const std::uint64_t size_;
  std::uint64_t position_ = 0;
};

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> source, std::string first) : source_(std::move(source)), in_(std::move(first)) {}

  core::Result<void> next(std::string& piece) override {
    piece.clear();
    while (piece.empty() && !over_) {
      if (!stream_) {
        if (auto begun = begin_member(); !begun) return begun;
        if (over_) break;
      }
      if (auto done = inflate(piece); !done) return done;
    }
    return {};
  }
  [[nodiscard]] std::uint64_t position() const override { return source_->position(); }
  [[nodiscard]] std::uint64_t size() const override { return source_->size(); }

 private:
  static core::Error broken(const char* why) {
    return core::make_error(core::ErrorCode::kCorrupt, std::string("the gzip is broken: ") + why);
  }

  // At least `count` bytes in in_, or fewer at the end.
  core::Result<void> fill(std::size_t count) {
    std::string more;
    while (in_.size() < count && !ended_) {
      if (auto read = source_->next(more); !read) return read;
      ended_ = more.empty();
      in_ += more;
    }
    return {};
  }

  core::Result<void> begin_member() {
    if (auto filled = fill(1); !filled) return filled;
    if (in_.empty()) {
      over_ = true;
      return {};
    }
    std::size_t size = 0;
    for (std::size_t want = 10;; want += 512) {
      if (auto filled = fill(want); !filled) return filled;
      const auto found = header_size();
      if (!found) return broken("something else follows");
      size = *found;
      if (size > 0) break;
      if (ended_ || want > kMostHeader) return broken("its header has no end");
    }
    in_.erase(0, size);
    stream_.emplace();
    crc_.reset();
    length_ = 0;
    return {};
  }

  // RFC 1952, 2.3: bytes of the header; 0: more are needed; nothing: it is none.
  [[nodiscard]] std::optional<std::size_t> header_size() const {
    const auto byte = [this](std::size_t at) { return static_cast<unsigned char>(in_[at]); };
    if (in_.size() < 10) return 0;
    if (!in_.starts_with("\x1f\x8b\x08") || (byte(3) & 0xe0U) != 0) return std::nullopt;
    const unsigned flags = byte(3);
    std::size_t at = 10;
    if ((flags & 4U) != 0) {
      if (in_.size() < at + 2) return 0;
      at += 2 + byte(at) + 256U * byte(at + 1);
    }
    for (const unsigned text : {8U, 16U}) {
      if ((flags & text) == 0) continue;
      const auto end = in_.find('\0', at);
      if (end == std::string::npos) return 0;
      at = end + 1;
    }
    if ((flags & 2U) != 0) at += 2;
    return in_.size() < at ? 0 : at;
  }

  core::Result<void> inflate(std::string& piece) {
    if (auto filled = fill(1); !filled) return filled;
    if (in_.empty()) return broken("it ends early");
    piece.resize(kPiece);
    zlib::z_params params;
    params.next_in = in_.data();
    params.avail_in = in_.size();
    params.next_out = piece.data();
    params.avail_out = piece.size();
    boost::system::error_code failed;
    stream_->write(params, zlib::Flush::sync, failed);
    piece.resize(piece.size() - params.avail_out);
    const std::size_t used = in_.size() - params.avail_in;
    in_.erase(0, used);
    crc_.process_bytes(piece.data(), piece.size());
    length_ += static_cast<std::uint32_t>(piece.size());
    if (failed == zlib::error::end_of_stream) return end_member();
    if (failed && failed != zlib::error::need_buffers) return broken("its data make no sense");
    if (used == 0 && piece.empty()) {
      if (ended_) return broken("it ends early");
      return fill(in_.size() + 1);
    }
    return {};
  }

  core::Result<void> end_member() {
    stream_.reset();
    if (auto filled = fill(8); !filled) return filled;
    if (in_.size() < 8) return broken("it ends early");
    std::uint32_t crc = 0;
    std::uint32_t length = 0;
    for (unsigned i = 0; i < 4; ++i) {
      crc |= static_cast<std::uint32_t>(static_cast<unsigned char>(in_[i])) << (8 * i);
      length |= static_cast<std::uint32_t>(static_cast<unsigned char>(in_[4 + i])) << (8 * i);
    }
    if (crc != crc_.checksum() || length != length_) return broken("its checksum");
    in_.erase(0, 8);
    return {};
  }

  std::unique_ptr<ByteSource> source_;
  std::string in_;
  std::optional<zlib::inflate_stream> stream_;
  boost::crc_32_type crc_;
  std::uint32_t length_ = 0;
  bool ended_ = false;  // the file
  bool over_ = false;   // all members
};

// What was looked at comes again.
class AgainSource final : public ByteSource {
 public:
  AgainSource(std::unique_ptr<ByteSource> source, std::string first)
      : source_(std::move(source)), first_(std::move(first)) {}
  core::Result<void> next(std::string& piece) override {
    if (first_.empty()) return source_->next(piece);
    piece = std::exchange(first_, {});
    return {};
  }
  [[nodiscard]] std::uint64_t position() const override { return source_->position(); }
  [[nodiscard]] std::uint64_t size() const override { return source_->size(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string first_;
};

}  // namespace

core::Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path) {
  core::Fd fd(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return core::errno_error(errno, "open", path);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return core::errno_error(errno, "look at", path);
  if (S_ISDIR(status.st_mode)) return core::make_error(core::ErrorCode::kInvalid, "it is a directory", path);
  const std::uint64_t size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  std::unique_ptr<ByteSource> source = std::make_unique<PlainSource>(std::move(fd), path, size);
  std::string first;
  std::string piece;
  while (first.size() < 2) {
    if (auto read = source->next(piece); !read) return read.error();
    if (piece.empty()) break;
    first += piece;
  }
  if (first.starts_with("\x1f\x8b")) return std::make_unique<GzipSource>(std::move(source), std::move(first));
  return std::make_unique<AgainSource>(std::move(source), std::move(first));
}

}  // namespace telltale::tools
