#include "daemon/tools/tar.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace telltale::tools {

namespace {

constexpr std::size_t kRecord = 512;
using Header = std::array<char, kRecord>;

void put(Header& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

Header header_of(const TarFile& file, std::int64_t time) {
  Header header{};
  put(header, 0, std::string_view(file.name).substr(0, 100));
  put(header, 100, "0000600");                                    // mode
  put(header, 108, "0000000");                                    // owner
  put(header, 116, "0000000");                                    // group
  put(header, 124, fmt::format("{:011o}", file.content.size()));  // bytes
  put(header, 136, fmt::format("{:011o}", std::max<std::int64_t>(time, 0)));
  put(header, 148, "        ");  // the sum is made with blanks here
  put(header, 156, "0");         // a regular file
  put(header, 257,
      std::string_view("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  put(header, 148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  return header;
}

}  // namespace

std::string tar_of(const std::vector<TarFile>& files, std::int64_t time) {
  std::string out;
  for (const TarFile& file : files) {
    const Header header = header_of(file, time);
    out.append(header.data(), header.size());
    out += file.content;
    out.append((kRecord - file.content.size() % kRecord) % kRecord, '\0');
  }
  out.append(2 * kRecord, '\0');
  return out;
}

}  // namespace telltale::tools
