// A tar archive of small files in memory (ustar, POSIX.1-1988). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace telltale::tools {

struct TarFile {
  std::string name;  // at most 100 bytes, "telltale-support/status.json"
  std::string content;
};
// `time`: of every file, seconds since 1970.
[[nodiscard]] std::string tar_of(const std::vector<TarFile>& files, std::int64_t time);

}  // namespace telltale::tools
