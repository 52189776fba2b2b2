#include "sdk/validator/watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <telltale/plugin.h>

namespace telltale::validator {

namespace {

constexpr std::size_t kMostSeen = 32;

// What every plugin may read: the kernel's own accounts, the system's libraries and public settings.
constexpr std::string_view kPublic[] = {
    "/proc/",
    "/sys/",
    "/usr/",
    "/lib/",
    "/lib64/",
    "/lib32/",
    "/bin/",
    "/etc/alternatives/",
    "/etc/ld.so.",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/hostname",
    "/etc/networks",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/ssl/",
    "/etc/ca-certificates/",
    "/etc/pki/",
    "/etc/passwd",
    "/etc/group",
    "/etc/os-release",
    "/etc/machine-id",
    "/etc/locale.alias",
    "/run/systemd/resolve/",
    "/run/resolvconf/",
    "/run/NetworkManager/resolv.conf",
};
constexpr std::string_view kPublicDevices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

bool below(std::string_view path, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_public(std::string_view path) {
  return std::any_of(std::begin(kPublic), std::end(kPublic), [&](std::string_view allowed) {
    return allowed.ends_with('/') ? below(path, allowed) : path.starts_with(allowed);
  });
}

std::string link_of(const std::string& link) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(link, error);
  return error ? std::string("/") : target.string();
}

}  // namespace

Watch::Watch(const Stage& stage, pid_t process, int pidfd, std::vector<std::string> own_directories)
    : stage_(stage), process_(process), pidfd_(pidfd), own_directories_(std::move(own_directories)) {}

Watch::~Watch() {
  if (listener_ >= 0) ::close(listener_);
}

bool Watch::connect(Stage& stage) {
  if (listener_ >= 0 || stage.watched != 0) return false;
  const int theirs = stage.listener;
  if (theirs == 0) return true;
  listener_ = static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd_, theirs, 0));
  stage.watched = listener_ >= 0 ? 1 : -1;
  return false;
}

void Watch::answer() {
  // Larger than the structs of this kernel's headers: newer kernels write more.
  alignas(seccomp_notif) std::array<std::byte, 512> question{};
  alignas(seccomp_notif_resp) std::array<std::byte, 512> reply{};
  auto& call = *reinterpret_cast<seccomp_notif*>(question.data());
  auto& response = *reinterpret_cast<seccomp_notif_resp*>(reply.data());
  if (::ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
  const int error = judge(call);
  response.id = call.id;
  response.error = -error;
  response.flags = error == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
  ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

std::string Watch::seen(Deed deed) const {
  std::string text;
  std::size_t count = 0;
  for (const Seen& one : seen_) {
    if (one.deed != deed || ++count > 3) continue;
    text += (text.empty() ? "" : ", ") + one.text;
  }
  return count > 3 ? text + " and more" : text;
}

int Watch::refuse(Deed deed, const std::string& text, int error) {
  const bool known =
      std::any_of(seen_.begin(), seen_.end(), [&](const Seen& one) { return one.deed == deed && one.text == text; });
  if (!known && seen_.size() < kMostSeen) seen_.push_back({deed, text});
  return error;
}

int Watch::judge(const seccomp_notif& call) {
  const auto& arguments = call.data.args;
  const auto target = static_cast<int>(arguments[0]);
  switch (call.data.nr) {
    case SYS_socket:
      return judge_socket(target);
    case SYS_openat:
      return judge_path(target, arguments[1], arguments[2], false);
    case SYS_mkdirat:
    case SYS_unlinkat:
      return judge_path(target, arguments[1], 0, true);
#ifdef SYS_open
    case SYS_open:
      return judge_path(AT_FDCWD, arguments[0], arguments[1], false);
    case SYS_creat:
    case SYS_mkdir:
    case SYS_unlink:
    case SYS_rmdir:
      return judge_path(AT_FDCWD, arguments[0], 0, true);
#endif
    case SYS_kill:
    case SYS_tgkill:
    case SYS_rt_sigqueueinfo:
    case SYS_rt_tgsigqueueinfo:
      return refuse(Deed::kSignalsOthers, "sent a signal to process " + std::to_string(target), EPERM);
    case SYS_pidfd_send_signal:
      return refuse(Deed::kSignalsOthers, "sent a signal to another process", EPERM);
    default:  // new processes
      if ((stage_.needs & TELLTALE_NEEDS_PROCESSES) != 0) return 0;
      return refuse(Deed::kStartsProcesses,
                    call.data.nr == SYS_execve || call.data.nr == SYS_execveat ? "called exec" : "called fork", EPERM);
  }
}

int Watch::judge_socket(int family) {
  const bool network = (stage_.needs & TELLTALE_NEEDS_NETWORK) != 0;
  if (family == AF_UNIX || family == AF_NETLINK) {
    // Name resolution asks over these.
    if (network || (stage_.needs & TELLTALE_NEEDS_LOCAL_SOCKETS) != 0) return 0;
    return refuse(Deed::kUsesLocalSockets, family == AF_UNIX ? "made a Unix socket" : "made a netlink socket", EACCES);
  }
  if (network) return 0;
  const std::string name = family == AF_INET ? "an IPv4" : family == AF_INET6 ? "an IPv6" : "a network";
  return refuse(Deed::kUsesNetwork, "made " + name + " socket", EACCES);
}

bool Watch::is_own(const std::string& path) const {
  if (std::any_of(own_directories_.begin(), own_directories_.end(), [&](const auto& own) { return below(path, own); }))
    return true;
  const std::string paths = stage_.paths.get();
  for (std::size_t begin = 0; begin < paths.size();) {
    const std::size_t end = std::min(paths.find('\n', begin), paths.size());
    if (end > begin && below(path, std::string_view(paths).substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

int Watch::judge_path(int directory, std::uint64_t address, std::uint64_t flags, bool changes) {
  const std::string path = path_of(directory, address);
  if (path.empty()) return 0;  // the kernel will say what it thinks of that pointer
  const bool writes = changes || (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != 0;
  const bool public_device =
      std::find(std::begin(kPublicDevices), std::end(kPublicDevices), path) != std::end(kPublicDevices);
  if (public_device || (flags & O_PATH) != 0) return 0;
  if (below(path, "/dev") && !below(path, "/dev/shm")) {
    if ((stage_.needs & TELLTALE_NEEDS_DEVICES) != 0 || is_own(path)) return 0;
    return refuse(Deed::kUsesDevices, "opened " + path, EACCES);
  }
  if (writes) {
    const bool own = below(path, own_directories_.front()) || below(path, "/proc/self") ||
                     below(path, "/proc/" + std::to_string(process_));
    const std::string paths = "\n" + stage_.paths.get();
    if (own || paths.find("\n" + path + "\n") != std::string::npos) return 0;
    return refuse(Deed::kWritesFiles, (changes ? "changed " : "opened for writing ") + path, EACCES);
  }
  if (is_public(path) || is_own(path)) return 0;
  return refuse(Deed::kReadsFiles, "opened " + path, EACCES);
}

std::string Watch::path_of(int directory, std::uint64_t address) const {
  std::array<char, 4'096> bytes{};
  std::size_t size = 0;
  // Page by page: the text may end just before memory that is not there.
  while (size < bytes.size()) {
    const std::uint64_t from = address + size;
    const std::size_t part = std::min<std::size_t>(4'096 - from % 4'096, bytes.size() - size);
    const iovec here{bytes.data() + size, part};
    const iovec there{reinterpret_cast<void*>(from), part};
    if (::process_vm_readv(process_, &here, 1, &there, 1, 0) != static_cast<ssize_t>(part)) break;
    const bool ended = std::memchr(bytes.data() + size, '\0', part) != nullptr;
    size += part;
    if (ended) break;
  }
  bytes.back() = '\0';
  std::filesystem::path path = bytes.data();
  if (path.empty()) return {};
  if (path.is_relative()) {
    const std::string process = "/proc/" + std::to_string(process_);
    path = link_of(directory == AT_FDCWD ? process + "/cwd" : process + "/fd/" + std::to_string(directory)) / path;
  }
  return path.lexically_normal().string();
}

}  // namespace telltale::validator
