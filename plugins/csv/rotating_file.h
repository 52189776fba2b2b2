// Files in one directory that are written one after the other. NAME-20261127T184700Z-001.csv.part is the one that is
// being written; closed it is called so without `.part`, by a rename. What is appended is in it whole or not at all,
// also after a crash: a line that was cut off is removed when the file is taken up again. Of the instance's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::csv {

enum class Sync : std::uint8_t { kBatch, kClose, kNever };

struct FileSettings {
  std::string directory;
  std::string name;
  std::uint64_t size = 10'000'000;
  bool daily = true;
  std::size_t keep = 100;
  Sync sync = Sync::kBatch;
  bool gzip = false;
};

class RotatingFile {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  RotatingFile(FileSettings settings, std::string_view header, Clock clock);
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;
  ~RotatingFile();

  // Throws IoError, with what to do about it; then nothing of it is in the file.
  void append(std::string_view rows);
  // Files that were deleted because there were too many, and closed ones that could not be compressed.
  [[nodiscard]] std::uint64_t removed() const noexcept { return removed_; }
  [[nodiscard]] std::uint64_t uncompressed() const noexcept { return uncompressed_; }

 private:
  void take_up();
  void begin();
  void open(const std::string& path);
  void write(std::string_view text);
  void close();
  void finish(const std::string& part);
  void remove_old();
  [[nodiscard]] std::vector<std::string> files(std::string_view ending) const;
  [[nodiscard]] bool is_full(std::size_t more) const;
  [[nodiscard]] std::string today() const;
  [[noreturn]] void fail(std::string_view what, int error) const;

  FileSettings settings_;
  std::string header_;
  Clock clock_;
  int fd_ = -1;
  std::string path_;  // of what is being written
  std::string day_;   // when it was begun, 20261127
  std::string stem_;  // of the newest name, without its number: none is used twice
  int number_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t removed_ = 0;
  std::uint64_t uncompressed_ = 0;
};

}  // namespace telltale::csv
