// A file that holds room on the disk for the moment when there is none: without it nothing could be written that makes
// room. Owned by the writer; its thread alone.
#pragma once

#include <cstdint>
#include <filesystem>

namespace telltale::store {

class Spare {
 public:
  explicit Spare(const std::filesystem::path& state_dir) : directory_(state_dir), path_(state_dir / "spare") {}

  // Holds `bytes` from now on, when the file system has at least twice as much, and can give room without writing
  // to it. Whether it does.
  bool hold(std::uint64_t bytes);
  // Whether the file system has that much for us.
  [[nodiscard]] bool has_room(std::uint64_t bytes) const;
  void let_go();

 private:
  const std::filesystem::path directory_;
  const std::filesystem::path path_;
};

}  // namespace telltale::store
