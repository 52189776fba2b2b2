#include "plugins/linux/transport/sys_dir.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "plugins/linux/codec/text.h"

namespace telltale::linux_input {
namespace {

constexpr std::size_t kMaxNames = 4096;
constexpr std::size_t kMaxNameBytes = 64;

// Length of the well-formed UTF-8 sequence at the front (RFC 3629); 0 when it is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool beyond = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : length;
}

bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  const bool c1 = sequence.size() == 2 && first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
  return first < 0x20 || first == 0x7f || c1;
}

}  // namespace

std::optional<std::string> read_sys_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  std::array<char, kMaxSysBytes> buffer{};
  ssize_t size = 0;
  do {
    size = ::read(fd, buffer.data(), buffer.size());
  } while (size < 0 && errno == EINTR);
  ::close(fd);
  if (size < 0) return std::nullopt;
  return std::string(trim({buffer.data(), static_cast<std::size_t>(size)}));
}

std::vector<std::string> list_directory(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (!directory) return names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && names.size() < kMaxNames) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return ::strverscmp(a.c_str(), b.c_str()) < 0; });
  return names;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::string link_part(const std::string& path, int from_the_end) {
  std::array<char, 1024> buffer{};
  const ssize_t size = ::readlink(path.c_str(), buffer.data(), buffer.size());
  if (size <= 0) return {};
  std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  for (; from_the_end > 0; --from_the_end) {
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos) return {};
    text = text.substr(0, slash);
  }
  return std::string(text.substr(text.rfind('/') + 1));
}

std::string clean_name(std::string_view text) {
  std::string name;
  text = trim(text);
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    const bool clean = length != 0 && !is_control(sequence);
    if (name.size() + (clean ? length : 1) > kMaxNameBytes) break;
    name += clean ? sequence : std::string_view("?");
    text.remove_prefix(sequence.size());
  }
  return name;
}

}  // namespace telltale::linux_input
