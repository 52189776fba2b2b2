// A copy of a recorded directory tree that a test may change; gone at the end.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <stdlib.h>

namespace telltale::test {

class TemporaryTree {
 public:
  TemporaryTree() {
    std::string pattern = (std::filesystem::temp_directory_path() / "telltale-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    path_ = pattern;
  }
  // A copy of a recorded tree. Its symbolic links stand in RECORDED.links, a path and a target a line: not every way
  // that a checkout travels keeps links.
  explicit TemporaryTree(const std::filesystem::path& recorded) : TemporaryTree() {
    std::filesystem::copy(recorded, path_, std::filesystem::copy_options::recursive);
    std::ifstream links(recorded.string() + ".links");
    for (std::string link, target; links >> link >> target;) std::filesystem::create_symlink(target, path_ / link);
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;
  ~TemporaryTree() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Overwrites in place, as the kernel does with what a reader has open; makes directories that are missing.
  void write(std::string_view file, std::string_view text) const {
    const std::filesystem::path target = path_ / file;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream stream(target, std::ios::trunc | std::ios::binary);
    stream << text;
    if (!stream.flush()) throw std::runtime_error("cannot write " + target.string());
  }
  void remove(std::string_view file) const { std::filesystem::remove_all(path_ / file); }

 private:
  std::filesystem::path path_;
};

}  // namespace telltale::test
