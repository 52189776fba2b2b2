#include "daemon/host/ring_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <tuple>

#include <sys/stat.h>

namespace telltale::host {

namespace {

constexpr std::string_view kSuffix = ".ring";
constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::size_t kMaxFileName = 200;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (is_plain(text.front())) {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    if (text.front() != '%' || text.size() < 3) return std::nullopt;
    const auto high = kHex.find(text[1]);
    const auto low = kHex.find(text[2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    text.remove_prefix(3);
  }
  return out;
}

}  // namespace

core::Result<std::string> ring_file_name(std::string_view input, std::uint64_t generation) {
  std::string name;
  for (const char c : input) {
    if (is_plain(c)) {
      name.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    name.append({'%', kHex[byte / 16], kHex[byte % 16]});
  }
  if (name.empty() || name.size() > kMaxFileName) {
    return core::make_error(core::ErrorCode::kInvalid, "an input's id has 1 to 60 characters");
  }
  return name.append(".").append(std::to_string(generation)).append(kSuffix);
}

std::optional<RingFile> parse_ring_file_name(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  const auto dot = name.find('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const auto input = unescape(name.substr(0, dot));
  if (!input) return std::nullopt;
  const std::string_view digits = name.substr(dot + 1);
  RingFile file{*input, 0, {}};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), file.generation);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return file;
}

core::Result<void> make_ring_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return core::errno_error(errno, "mkdir", directory);
}

core::Result<std::vector<RingFile>> list_rings(const std::string& directory) {
  std::error_code failed;
  std::filesystem::directory_iterator entry(directory, failed);
  std::vector<RingFile> files;
  while (!failed && entry != std::filesystem::directory_iterator()) {
    if (auto file = parse_ring_file_name(entry->path().filename().native())) {
      file->path = entry->path().native();
      files.push_back(std::move(*file));
    }
    entry.increment(failed);
  }
  if (failed) return core::errno_error(failed.value(), "read the directory", directory);
  std::sort(files.begin(), files.end(), [](const RingFile& a, const RingFile& b) {
    return std::tie(a.input, a.generation) < std::tie(b.input, b.generation);
  });
  return files;
}

}  // namespace telltale::host
