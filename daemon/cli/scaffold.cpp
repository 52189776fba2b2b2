#include "daemon/cli/scaffold.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "daemon/core/escape.h"

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::make_error;

constexpr std::string_view kNameInTemplate = "my_plugin";
constexpr std::string_view kClassInTemplate = "MyPlugin";
constexpr const char* kTemplate = "share/telltale/template";
constexpr std::size_t kMaxNameBytes = 64;
// Targets that CMake and its generators have already.
constexpr std::array<std::string_view, 10> kTaken{"all",     "clean", "depend",        "edit_cache", "help",
                                                  "install", "list",  "rebuild_cache", "package",    "test"};

// A letter or digit of plain ASCII; `isalpha` would ask the locale.
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

core::Result<void> check_name(std::string_view name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; };
  if (name.empty() || name.size() > kMaxNameBytes || !is_lower(name.front()) ||
      !std::all_of(name.begin(), name.end(), allowed)) {
    return make_error(ErrorCode::kInvalid,
                      "'" + core::escape_line(name) +
                          "' is no name of a plugin: a small letter, then small letters, digits, _ and -, at most 64");
  }
  if (std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end()) {
    return make_error(ErrorCode::kInvalid, "'" + std::string(name) + "' is a word of CMake's own; choose another name");
  }
  return {};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string renamed(std::string text, std::string_view name) {
  replace_all(text, kNameInTemplate, name);
  replace_all(text, kClassInTemplate, class_name(name));
  return text;
}

core::Error failed(std::string what, const fs::path& place, std::error_code why) {
  return make_error(ErrorCode::kIo, std::move(what) + ": " + why.message(), place.native());
}

core::Result<void> copy_file(const fs::path& from, const fs::path& to, std::string_view name) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (error) return failed("cannot make the directory", to.parent_path(), error);
  std::ifstream in(from, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) return make_error(ErrorCode::kIo, "cannot be read", from.native());
  std::ofstream out(to, std::ios::binary);
  out << renamed(std::move(text), name) << std::flush;
  if (!out) return make_error(ErrorCode::kIo, "cannot be written", to.native());
  return {};
}

core::Result<void> copy_template(const fs::path& from, const fs::path& to, std::string_view name) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(from, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->is_regular_file()) continue;
    const std::string place = renamed(entry->path().lexically_relative(from).native(), name);
    if (auto copied = copy_file(entry->path(), to / place, name); !copied) return copied;
  }
  if (error) return failed("cannot be read", from, error);
  return {};
}

}  // namespace

std::string class_name(std::string_view plugin_name) {
  std::string words;
  bool begins = true;
  for (const char c : plugin_name) {
    if (c == '_' || c == '-') {
      begins = true;
      continue;
    }
    words += begins && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return words;
}

core::Result<std::string> find_template() {
  std::error_code error;
  const fs::path prefix = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  std::string tried;
  for (const fs::path& root : {prefix, fs::path("/usr/local"), fs::path("/usr")}) {
    const fs::path directory = root / kTemplate;
    if (fs::is_directory(directory, error)) return directory.native();
    tried += (tried.empty() ? "" : ", ") + directory.native();
  }
  return make_error(ErrorCode::kNotFound,
                    "the template of a plugin is in none of " + tried + "; install Telltale's SDK");
}

core::Result<std::string> make_scaffold(std::string_view name, const std::string& parent,
                                        const std::string& template_directory) {
  if (auto good = check_name(name); !good) return good.error();
  const fs::path place = fs::path(parent) / name;
  std::error_code error;
  const bool existed = fs::exists(fs::symlink_status(place, error));
  if (existed && !(fs::is_directory(place, error) && fs::is_empty(place, error) && !error)) {
    return make_error(ErrorCode::kConflict, "exists already and is no empty directory; nothing was changed",
                      place.native());
  }
  if (auto copied = copy_template(template_directory, place, name); !copied) {
    if (!existed) fs::remove_all(place, error);
    return copied.error();
  }
  return place.native();
}

}  // namespace telltale::cli
