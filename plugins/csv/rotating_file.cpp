#include "plugins/csv/rotating_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <telltale/cpp/errors.hpp>

#include "plugins/csv/gzip_file.h"

namespace telltale::csv {

namespace {

constexpr std::string_view kPart = ".csv.part";
constexpr std::size_t kDayDigits = 8;
constexpr int kMostOfASecond = 999;

std::string in_utc(std::chrono::system_clock::time_point time, const char* form) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), form, &parts)};
}

// Where the last whole line ends.
std::uint64_t end_of_lines(int fd, std::uint64_t size) {
  std::array<char, 4'096> block{};
  while (size > 0) {
    const std::uint64_t from = size > block.size() ? size - block.size() : 0;
    const ssize_t count = ::pread(fd, block.data(), static_cast<std::size_t>(size - from), static_cast<off_t>(from));
    if (count <= 0) return 0;
    const std::string_view text(block.data(), static_cast<std::size_t>(count));
    if (const std::size_t at = text.rfind('\n'); at != std::string_view::npos) return from + at + 1;
    size = from;
  }
  return 0;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

RotatingFile::RotatingFile(FileSettings settings, std::string_view header, Clock clock)
    : settings_(std::move(settings)), header_(header), clock_(std::move(clock)) {}

RotatingFile::~RotatingFile() { close(); }

void RotatingFile::fail(std::string_view what, int error) const {
  std::string words = std::string(what) + " in " + settings_.directory + ": ";
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      throw IoError(words + "the disk is full; readings wait in the history until there is room");
    case EACCES:
    case EPERM:
    case EROFS:
      throw IoError(words + std::strerror(error) + "; it needs allow: {write: [" + settings_.directory +
                    "]}, and file modes that let the daemon's user write");
    default:
      throw IoError(words + std::strerror(error));
  }
}

std::string RotatingFile::today() const { return in_utc(clock_(), "%Y%m%d"); }

// Names of our files that end so, sorted: the oldest first.
std::vector<std::string> RotatingFile::files(std::string_view ending) const {
  std::vector<std::string> found;
  std::error_code failed;
  for (std::filesystem::directory_iterator it(settings_.directory, failed), end; !failed && it != end;
       it.increment(failed)) {
    std::string name = it->path().filename().string();
    const bool ours = name.starts_with(settings_.name + "-") && name.ends_with(ending) &&
                      name.size() > settings_.name.size() + 1 + kDayDigits &&
                      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(settings_.name.size()) + 1,
                                  name.begin() + static_cast<std::ptrdiff_t>(settings_.name.size() + 1 + kDayDigits),
                                  [](char c) { return c >= '0' && c <= '9'; });
    if (ours) found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

void RotatingFile::open(const std::string& path) {
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd_ < 0) fail("no file can be opened", errno);
  path_ = path;
  day_ = std::filesystem::path(path).filename().string().substr(settings_.name.size() + 1, kDayDigits);
  struct stat status {};
  if (::fstat(fd_, &status) != 0) fail("a file cannot be looked at", errno);
  size_ = end_of_lines(fd_, static_cast<std::uint64_t>(status.st_size));
  if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0) fail("a line that was cut off cannot be removed", errno);
  if (size_ == 0) write(header_);
}

// What an earlier run was writing: the newest goes on, others are closed.
void RotatingFile::take_up() {
  std::vector<std::string> parts = files(kPart);
  if (parts.empty()) return;
  const std::string newest = settings_.directory + "/" + parts.back();
  parts.pop_back();
  for (const std::string& part : parts) finish(settings_.directory + "/" + part);
  open(newest);
}

void RotatingFile::begin() {
  const std::string stem = settings_.directory + "/" + settings_.name + "-" + in_utc(clock_(), "%Y%m%dT%H%M%SZ");
  if (std::exchange(stem_, stem) != stem) number_ = 0;
  std::array<char, 16> number{};
  while (number_ < kMostOfASecond) {
    std::snprintf(number.data(), number.size(), "-%03d", ++number_);
    const std::string path = stem + number.data();
    if (exists(path + ".csv") || exists(path + ".csv.gz")) continue;
    return open(path + std::string(kPart));
  }
  throw IoError("too many files are begun in one second: is 'size' too small?");
}

void RotatingFile::write(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count == 0 ? ENOSPC : errno;
      (void)!::ftruncate(fd_, static_cast<off_t>(size_));  // whole, or not at all
      fail("readings cannot be written", error);
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  if (settings_.sync == Sync::kBatch && ::fdatasync(fd_) != 0) {
    const int error = errno;
    (void)!::ftruncate(fd_, static_cast<off_t>(size_));
    fail("readings do not reach the disk", error);
  }
  size_ += text.size();
}

void RotatingFile::close() {
  if (fd_ < 0) return;
  if (settings_.sync != Sync::kNever) (void)::fsync(fd_);
  ::close(std::exchange(fd_, -1));
}

void RotatingFile::finish(const std::string& part) {
  const std::string closed = part.substr(0, part.size() - std::string_view(".part").size());
  if (::rename(part.c_str(), closed.c_str()) != 0) fail("a file cannot be closed", errno);
  if (settings_.gzip && !gzip_file(closed)) ++uncompressed_;
  remove_old();
}

void RotatingFile::remove_old() {
  std::vector<std::string> closed = files(".csv");
  for (std::string& packed : files(".csv.gz")) closed.push_back(std::move(packed));
  std::sort(closed.begin(), closed.end());
  for (std::size_t i = 0; i + settings_.keep < closed.size(); ++i) {
    if (::unlink((settings_.directory + "/" + closed[i]).c_str()) == 0) ++removed_;
  }
}

bool RotatingFile::is_full(std::size_t more) const {
  return size_ > header_.size() && (size_ + more > settings_.size || (settings_.daily && day_ != today()));
}

void RotatingFile::append(std::string_view rows) {
  struct stat status {};
  if (fd_ >= 0 && (::fstat(fd_, &status) != 0 || status.st_nlink == 0)) close();  // somebody removed it
  if (fd_ < 0) take_up();
  if (fd_ >= 0 && is_full(rows.size())) {
    close();
    finish(path_);
  }
  if (fd_ < 0) begin();
  write(rows);
}

}  // namespace telltale::csv
