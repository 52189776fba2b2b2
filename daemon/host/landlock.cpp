#include "daemon/host/landlock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/core/fd.h"

namespace telltale::host {

namespace {

// Numbers and structs of the kernel's interface, include/uapi/linux/landlock.h: the header of this system may be older
// than the kernel that we run on.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr unsigned kAskVersion = 1;
constexpr int kPathBeneath = 1;

struct RulesetAttribute {
  std::uint64_t handled_fs = 0;
  std::uint64_t handled_net = 0;
  std::uint64_t scoped = 0;
};
struct __attribute__((packed)) PathBeneath {
  std::uint64_t allowed = 0;
  std::int32_t parent = -1;
};

constexpr std::uint64_t kScopeAbstractSockets = 1;
constexpr std::uint64_t kScopeSignals = 2;

constexpr std::uint64_t bits_below(unsigned bit) { return (std::uint64_t{1} << bit) - 1; }

// Version 1 has 13 rights, 2 adds moving between directories, 3 truncating, 5 ioctl on devices.
std::uint64_t rights_of(int version) {
  if (version >= 5) return bits_below(16);
  if (version >= 3) return bits_below(15);
  return version == 2 ? bits_below(14) : bits_below(13);
}

std::size_t attribute_size(int version) {
  if (version >= 6) return sizeof(RulesetAttribute);
  return version >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

core::Result<void> add_rule(const core::Fd& ruleset, const PathRule& rule, std::uint64_t handled) {
  const core::Fd place(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!place.valid() || ::fstat(place.get(), &status) != 0) return {};  // not there: nothing to open
  std::uint64_t rights = rule.rights & handled;
  if (!S_ISDIR(status.st_mode)) {
    rights &= kExecuteFiles | kWriteFiles | (std::uint64_t{1} << 2U) | kControlDevices;
  }
  if (rights == 0) return {};
  const PathBeneath beneath{rights, place.get()};
  if (::syscall(kAddRule, ruleset.get(), kPathBeneath, &beneath, 0U) != 0) {
    return core::errno_error(errno, "landlock_add_rule", rule.path);
  }
  return {};
}

}  // namespace

int landlock_version() {
  const long version = ::syscall(kCreateRuleset, nullptr, std::size_t{0}, kAskVersion);
  return version > 0 ? static_cast<int>(version) : 0;
}

core::Result<void> restrict_paths(std::span<const PathRule> rules, bool local_sockets) {
  const int version = landlock_version();
  RulesetAttribute attribute;
  attribute.handled_fs = rights_of(version);
  if (version >= 6) attribute.scoped = kScopeSignals | (local_sockets ? 0 : kScopeAbstractSockets);
  const core::Fd ruleset(static_cast<int>(::syscall(kCreateRuleset, &attribute, attribute_size(version), 0U)));
  if (!ruleset.valid()) return core::errno_error(errno, "landlock_create_ruleset");
  for (const PathRule& rule : rules) {
    if (auto added = add_rule(ruleset, rule, attribute.handled_fs); !added) return added.error();
  }
  if (::syscall(kRestrictSelf, ruleset.get(), 0U) != 0) return core::errno_error(errno, "landlock_restrict_self");
  return {};
}

}  // namespace telltale::host
