// Notes a path that isolation kept the instance from, and reads the notes back. Writing: any thread, lock-free, also in
// a signal handler. Reading: the supervisor's thread.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host/control_message.h"
#include "daemon/host/report_area.h"

namespace telltale::host {

inline void note_refused_path(RefusedPaths& paths, std::string_view call, std::string_view path) {
  const std::uint64_t number = paths.count.fetch_add(1, std::memory_order_relaxed) + 1;
  auto& entry = paths.entries[number % kKeptRefusals];
  entry.number.store(0, std::memory_order_release);
  const auto put = [](auto& into, std::string_view text) {
    const std::size_t size = std::min(into.size() - 1, text.size());
    std::memcpy(into.data(), text.data(), size);
    into[size] = '\0';
  };
  put(entry.call, call);
  put(entry.path, path);
  entry.number.store(number, std::memory_order_release);
}

struct RefusedPath {
  std::string call;
  std::string path;
};

// Follows the notes of one life; what was overwritten before it was read is only counted.
class RefusedPathReader {
 public:
  struct News {
    std::vector<RefusedPath> paths;
    std::uint64_t unread = 0;
  };
  [[nodiscard]] News read(const RefusedPaths& paths) {
    News news;
    const std::uint64_t count = paths.count.load(std::memory_order_acquire);
    if (count <= seen_) return news;
    // Not more turns than there are entries, whatever the count says.
    const std::uint64_t kept = std::min<std::uint64_t>(count - seen_, kKeptRefusals);
    news.unread = std::min(count - seen_ - kept, kMostBelieved);
    for (std::uint64_t back = kept; back-- > 0;) {
      const std::uint64_t number = count - back;
      const auto& entry = paths.entries[number % kKeptRefusals];
      if (entry.number.load(std::memory_order_acquire) != number) {
        ++news.unread;
        continue;
      }
      news.paths.push_back({one_line(text_in(entry.call), 16), one_line(text_in(entry.path), 256)});
    }
    seen_ = count;
    return news;
  }

 private:
  static constexpr std::uint64_t kMostBelieved = 1'000'000;  // in one look

  template <std::size_t N>
  static std::string_view text_in(const std::array<char, N>& bytes) {
    return {bytes.data(), ::strnlen(bytes.data(), N)};
  }
  std::uint64_t seen_ = 0;
};

}  // namespace telltale::host
