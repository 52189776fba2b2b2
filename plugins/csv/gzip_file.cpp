#include "plugins/csv/gzip_file.h"

#include <array>
#include <cstdio>
#include <memory>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

namespace telltale::csv {

namespace {

bool copy_into(int from, gzFile to) {
  std::array<char, 65'536> buffer{};
  for (;;) {
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count == 0) return true;
    if (count < 0 || gzwrite(to, buffer.data(), static_cast<unsigned>(count)) != count) return false;
  }
}

}  // namespace

bool gzip_file(const std::string& path) {
  const std::string part = path + ".gz.part";
  const int from = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) return false;
  const int to = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  gzFile packed = to < 0 ? nullptr : gzdopen(::dup(to), "wb");
  bool good = packed != nullptr && copy_into(from, packed);
  if (packed != nullptr) good = gzclose(packed) == Z_OK && good;
  good = good && ::fsync(to) == 0;
  ::close(from);
  if (to >= 0) ::close(to);
  good = good && ::rename(part.c_str(), (path + ".gz").c_str()) == 0;
  if (good) {
    (void)::unlink(path.c_str());
  } else if (to >= 0) {
    (void)::unlink(part.c_str());
  }
  return good;
}

}  // namespace telltale::csv
