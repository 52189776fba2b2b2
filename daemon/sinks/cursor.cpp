#include "daemon/sinks/cursor.h"

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::sinks {

namespace {

constexpr std::string_view kFirst = "telltale-sink-cursor 1\n";
constexpr std::string_view kLast = "end\n";
constexpr std::size_t kMostBytes = 65'536;

std::optional<std::string> read_small(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kMostBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMostBytes) return std::nullopt;
  return text;
}

core::Result<void> write_file(const std::string& path, std::string_view text, bool sync) {
  const std::string fresh = path + ".new";
  const core::Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return core::errno_error(errno, "open", fresh);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return core::errno_error(errno, "write", fresh);
  }
  if (sync && ::fdatasync(file.get()) != 0) return core::errno_error(errno, "fdatasync", fresh);
  std::error_code failed;
  std::filesystem::rename(fresh, path, failed);
  if (failed) return core::errno_error(failed.value(), "rename", path);
  return {};
}

// `word a b\n`; false: it is not.
bool take_numbers(std::string_view line, std::string_view word, std::int64_t& a, std::int64_t* b) {
  if (!line.starts_with(word)) return false;
  line.remove_prefix(word.size());
  const auto number = [&line](std::int64_t& to) {
    if (line.empty() || line.front() != ' ') return false;
    line.remove_prefix(1);
    const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), to);
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return failed == std::errc();
  };
  return number(a) && (b == nullptr || number(*b)) && line.empty();
}

bool take_line(std::string_view line, Cursor& cursor) {
  Span span;
  if (take_numbers(line, "owed", span.from, &span.to)) {
    cursor.owed.add(span);
  } else if (take_numbers(line, "held", span.from, &span.to)) {
    cursor.held.add(span);
  } else {
    return take_numbers(line, "saved", cursor.saved, nullptr) ||
           take_numbers(line, "horizon", cursor.horizon, nullptr) ||
           take_numbers(line, "newest", cursor.newest, nullptr);
  }
  return span.from < span.to;
}

}  // namespace

std::string encode_cursor(const Cursor& cursor) {
  std::string text(kFirst);
  auto out = std::back_inserter(text);
  fmt::format_to(out, "saved {}\nhorizon {}\nnewest {}\n", cursor.saved, cursor.horizon, cursor.newest);
  for (const Span& span : cursor.owed.all()) fmt::format_to(out, "owed {} {}\n", span.from, span.to);
  for (const Span& span : cursor.held.all()) fmt::format_to(out, "held {} {}\n", span.from, span.to);
  return text.append(kLast);
}

std::optional<Cursor> decode_cursor(std::string_view text) {
  if (text.size() > kMostBytes || !text.starts_with(kFirst) || !text.ends_with("\nend\n")) return std::nullopt;
  text.remove_prefix(kFirst.size());
  text.remove_suffix(kLast.size());
  Cursor cursor;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || !take_line(text.substr(0, end), cursor)) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return cursor;
}

CursorFiles::CursorFiles(const std::string& run_directory, const std::string& state_directory, const std::string& id)
    : run_(run_directory + "/" + id + ".cursor"), state_(state_directory + "/" + id + ".cursor") {
  std::error_code ignored;  // writing says it
  std::filesystem::create_directories(run_directory, ignored);
  std::filesystem::create_directories(state_directory, ignored);
}

std::optional<Cursor> CursorFiles::load() const {
  std::optional<Cursor> best;
  for (const std::string& path : {run_, state_}) {
    const auto text = read_small(path);
    auto cursor = text ? decode_cursor(*text) : std::nullopt;
    if (cursor && (!best || best->saved < cursor->saved)) best = std::move(cursor);
  }
  return best;
}

core::Result<void> CursorFiles::save(const Cursor& cursor) const {
  return write_file(run_, encode_cursor(cursor), false);
}

core::Result<void> CursorFiles::save_for_good(const Cursor& cursor) const {
  if (auto saved = save(cursor); !saved) return saved;
  return write_file(state_, encode_cursor(cursor), true);
}

}  // namespace telltale::sinks
