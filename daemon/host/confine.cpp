#include "daemon/host/confine.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>
#include <vector>

#include <linux/capability.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <telltale/plugin.h>

#include "daemon/host/confinement_policy.h"
#include "daemon/host/landlock.h"
#include "daemon/host/sanitizers.h"
#include "daemon/host/seccomp_filter.h"

namespace telltale::host {

namespace {

// The memory limit counts address space: without this each thread would take 8 MiB of stack and 64 MiB of arena.
constexpr std::size_t kThreadStackBytes = std::size_t{2} << 20U;
constexpr int kArenas = 2;

// What every plugin may read: the system's libraries and data, what the kernel says, and the public part of /etc.
constexpr const char* kReadable[] = {
    "/usr", "/lib", "/lib32", "/lib64", "/proc", "/sys", "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
    "/dev/urandom", "/etc/alternatives", "/etc/ca-certificates", "/etc/gai.conf", "/etc/group", "/etc/host.conf",
    "/etc/hostname", "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload",
    "/etc/localtime", "/etc/locale.alias", "/etc/machine-id", "/etc/networks", "/etc/nsswitch.conf", "/etc/os-release",
    "/etc/passwd", "/etc/pki", "/etc/protocols", "/etc/resolv.conf", "/etc/services", "/etc/ssl", "/etc/timezone",
    // Where resolv.conf points to.
    "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf"};
constexpr const char* kSinks[] = {"/dev/null", "/dev/zero", "/dev/full"};
constexpr const char* kPrograms[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"};

core::Result<void> limit(int which, std::uint64_t value, const char* name) {
  rlimit wanted{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(which), &wanted) != 0) return core::errno_error(errno, name);
  // What an unprivileged process was given already it cannot raise.
  const rlim_t most = wanted.rlim_max == RLIM_INFINITY ? value : std::min<rlim_t>(value, wanted.rlim_max);
  wanted.rlim_cur = wanted.rlim_max = most;
  if (::setrlimit(static_cast<__rlimit_resource_t>(which), &wanted) != 0) return core::errno_error(errno, name);
  return {};
}

core::Result<void> set_limits(const core::InputLimits& limits) {
  if (auto set = limit(RLIMIT_CORE, 0, "setrlimit(core)"); !set) return set.error();
  if (auto set = limit(RLIMIT_NOFILE, limits.files, "setrlimit(nofile)"); !set) return set.error();
  if (auto set = limit(RLIMIT_MSGQUEUE, 0, "setrlimit(msgqueue)"); !set) return set.error();
  ::mallopt(M_ARENA_MAX, kArenas);
  if (kSanitized) return {};
  pthread_attr_t attributes{};
  if (::pthread_attr_init(&attributes) == 0) {
    ::pthread_attr_setstacksize(&attributes, kThreadStackBytes);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
  }
  return limit(RLIMIT_AS, limits.memory, "setrlimit(as)");
}

// A service manager that took them all may have forbidden capset(2) with them.
bool has_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return true;
  return std::any_of(sets.begin(), sets.end(), [](const __user_cap_data_struct& part) {
    return (part.effective | part.permitted | part.inheritable) != 0;
  });
}

core::Result<void> drop_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return core::errno_error(errno, "prctl(no_new_privs)");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  if (has_capabilities() && ::syscall(SYS_capset, &header, none.data()) != 0) return core::errno_error(errno, "capset");
  // Also closes its memory to other processes of this user, its own threads excepted.
  if (!kSanitized && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return core::errno_error(errno, "prctl(dumpable)");
  return {};
}

std::string directory_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, std::max<std::size_t>(slash, 1));
}

// The data that come with the plugins of a prefix, as profiles of devices; a plugin that lies elsewhere has none.
std::string data_beside(const std::string& directory) {
  constexpr std::string_view kPlugins = "/lib/telltale/plugins";
  if (!directory.ends_with(kPlugins)) return {};
  return directory.substr(0, directory.size() - kPlugins.size()) + "/share/telltale";
}

// A device that an option names is there to be talked to.
std::uint64_t rights_to_read(const std::string& path) {
  struct stat status {};
  const bool device = ::stat(path.c_str(), &status) == 0 && S_ISCHR(status.st_mode);
  return device ? kReadFiles | kWriteFiles | kControlDevices : kReadFiles;
}

std::vector<PathRule> path_rules(const Confinement& confinement, const std::string& plugin_file) {
  std::vector<PathRule> rules;
  for (const char* path : kReadable) rules.push_back({path, kReadFiles});
  for (const char* path : kSinks) rules.push_back({path, kReadFiles | kWriteFiles});
  rules.push_back({directory_of(plugin_file), kReadFiles});
  if (std::string data = data_beside(directory_of(plugin_file)); !data.empty()) {
    rules.push_back({std::move(data), kReadFiles});
  }
  for (const std::string& path : confinement.read) rules.push_back({path, rights_to_read(path)});
  std::uint64_t writing = kReadFiles | kWriteFiles | kChangeDirectories;
  if ((confinement.needs & TELLTALE_NEEDS_PROCESSES) != 0) {
    for (const char* path : kPrograms) rules.push_back({path, kReadFiles | kExecuteFiles});
  }
  for (const std::string& path : confinement.write) rules.push_back({path, writing});
  if ((confinement.needs & TELLTALE_NEEDS_DEVICES) != 0) {
    rules.push_back({"/dev", kReadFiles | kWriteFiles | kControlDevices});
  }
  return rules;
}

core::Result<FilterInForce> filter_calls(const Confinement& confinement, bool paths_guarded, bool listened) {
  const auto alone = call_rules(policy_of(confinement, paths_guarded, ::getpid(), false));
  const auto answered = call_rules(policy_of(confinement, paths_guarded, ::getpid(), true));
  return enforce_filter(answered, alone, listened);
}

}  // namespace

core::Result<Confined> confine(const Confinement& confinement, const std::string& plugin_file, bool listened) {
  ::umask(077);
  Confined confined;
  if (auto set = set_limits(confinement.limits); !set) return set.error();
  if (auto dropped = drop_privileges(); !dropped) return dropped.error();
  confined.landlock = landlock_version();
  if (confined.landlock > 0) {
    const bool local = (confinement.needs & TELLTALE_NEEDS_LOCAL_SOCKETS) != 0;
    if (auto set = restrict_paths(path_rules(confinement, plugin_file), local); !set) return set.error();
  }
  auto filter = filter_calls(confinement, confined.landlock > 0, listened);
  if (!filter) return filter.error();
  confined.calls = filter->in_force;
  confined.refusals = std::move(filter->listener);
  return confined;
}

core::Result<void> die_with(int parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return core::errno_error(errno, "prctl(pdeathsig)");
  // It may have ended before the kernel knew what we want.
  if (::getppid() != parent) return core::make_error(core::ErrorCode::kUnavailable, "the daemon has ended");
  return {};
}

}  // namespace telltale::host
