// Notices that /etc/resolv.conf was replaced by another file. A confined process may read the file that was there when
// it began: one that resolves names has to begin again to see the new one. Supervisor's thread.
#pragma once

#include <array>
#include <climits>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "daemon/host/file_identity.h"

namespace telltale::host {

class ResolverWatch {
 public:
  explicit ResolverWatch(const char* file = "/etc/resolv.conf") : file_(file), known_(look()) {}

  // Since the last call.
  [[nodiscard]] bool replaced() {
    const auto now = look();
    if (same_file(now, known_)) return false;
    known_ = now;
    return now.has_value();
  }

 private:
  // Directories that are readable as a whole: what is replaced in them stays readable.
  static constexpr std::string_view kReadableDirectories[] = {"/run/systemd/resolve/", "/run/resolvconf/"};

  // Nothing when it is not there, or does not matter.
  [[nodiscard]] std::optional<FileIdentity> look() const {
    std::array<char, PATH_MAX> real{};
    if (::realpath(file_, real.data()) == nullptr) return std::nullopt;
    for (const std::string_view directory : kReadableDirectories) {
      if (std::string_view(real.data()).starts_with(directory)) return std::nullopt;
    }
    return FileIdentity::of(real.data());
  }
  // One that was written anew in place is still the same.
  static bool same_file(const std::optional<FileIdentity>& a, const std::optional<FileIdentity>& b) {
    if (a.has_value() != b.has_value()) return false;
    return !a || (a->device == b->device && a->inode == b->inode);
  }

  const char* file_;
  std::optional<FileIdentity> known_;
};

}  // namespace telltale::host
