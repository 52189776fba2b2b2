// The options of the linux input, and what they say.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/cpp/options.hpp>

#include "plugins/linux/codec/name_filter.h"
#include "plugins/linux/codec/unit.h"

namespace telltale::linux_input {

inline constexpr std::string_view kAllParts =
    "[cpu, load, memory, pressure, system, disks, filesystems, network, sensors, w1]";
inline constexpr telltale_str kParts[] = {to_str("cpu"),     to_str("load"),  to_str("memory"),      to_str("pressure"),
                                          to_str("system"),  to_str("disks"), to_str("filesystems"), to_str("network"),
                                          to_str("sensors"), to_str("w1")};

// Loop devices, RAM disks and what lies on other disks would only repeat or mislead.
inline constexpr std::string_view kHiddenDisks = "[loop*, ram*, zram*, dm-*, sr*, fd*, nbd*, mtdblock*, mmcblk*boot*]";
// The machine's talk to itself, and what container engines make and remove all day.
inline constexpr std::string_view kHiddenInterfaces =
    "[lo, veth*, docker*, br-*, virbr*, vnet*, tap*, ifb*, dummy*, cni*, cali*, flannel*, sit*, tunl*, ip6tnl*, gre*, "
    "gretap*, erspan*]";
inline constexpr std::string_view kHiddenFilesystems = "[/var/lib/docker/*, /var/lib/containers/*, /snap/*, /run/*]";

inline constexpr telltale_option kCoreFilter[] = {
    Option::text("include", "Numbers of cores to show, with * and ?; without it, all.").list(),
    Option::text("exclude", "Numbers of cores to leave out.").list(),
};
inline constexpr telltale_option kDiskFilter[] = {
    Option::text("include", "Names of disks to show, with * and ?; without it, all.").list(),
    Option::text("exclude", "Names of disks to leave out.").list().by_default(kHiddenDisks),
};
inline constexpr telltale_option kInterfaceFilter[] = {
    Option::text("include", "Names of interfaces to show, with * and ?; without it, all.").list(),
    Option::text("exclude", "Names of interfaces to leave out.").list().by_default(kHiddenInterfaces),
};
inline constexpr telltale_option kFilesystemFilter[] = {
    Option::text("include", "Mount points to show, with * and ?; without it, all of local disks.").list(),
    Option::text("exclude", "Mount points to leave out.").list().by_default(kHiddenFilesystems),
};
inline constexpr telltale_option kSensorFilter[] = {
    Option::text("include", "Names of sensors to show, as in their sensor label, with * and ?; without it, all.")
        .list(),
    Option::text("exclude", "Names of sensors to leave out.").list(),
};

// Made anew for each login and each check of a disk.
inline constexpr std::string_view kHiddenUnits = "[user@*, user-runtime-dir@*, systemd-fsck@*]";
inline constexpr telltale_option kUnitFilter[] = {
    Option::text("include", "Units to show, ssh or getty@*.service, with * and ?; without it, all services.").list(),
    Option::text("exclude", "Units to leave out.").list().by_default(kHiddenUnits),
    Option::duration("every", "Time between looks at all of them; a change is shown at once.")
        .by_default("10s")
        .range(1e8, 3.6e12),
    Option::path("bus", "The system bus's socket.").by_default("/run/dbus/system_bus_socket"),
};

inline constexpr telltale_option kLabelTable[] = {
    Option::text("name", "Name of the label, rack.").required(),
    Option::text("value", "Its value, r2.").required(),
};

inline constexpr telltale_option kOptionTable[] = {
    Option::duration("every", "Time between readings.").by_default("1s").range(1e7, 3.6e12),
    Option::text("collect", "The parts of the machine to read.").list().one_of(kParts).by_default(kAllParts),
    Option::boolean("per_core", "Also show the usage of each CPU core.").by_default("true"),
    Option::section("cores", "Which of them.", kCoreFilter).by_default("{}"),
    Option::section("disks", "Which disks to show.", kDiskFilter).by_default("{}"),
    Option::section("interfaces", "Which network interfaces to show.", kInterfaceFilter).by_default("{}"),
    Option::section("filesystems", "Which file systems to show.", kFilesystemFilter).by_default("{}"),
    Option::section("sensors", "Which hardware sensors to show.", kSensorFilter).by_default("{}"),
    Option::section("units", "Which systemd units to show the state of; without it, none.", kUnitFilter),
    Option::duration("w1_every", "Time between readings of 1-Wire thermometers; each takes up to 750 ms.")
        .by_default("10s")
        .range(1e7, 8.64e13),
    Option::section("labels", "Labels of all series, beside their own.", kLabelTable).list(),
    Option::path("root", "Directory that proc and sys are under; another one shows a recorded machine.")
        .by_default("/"),
};

// The same in our own types. A value.
struct Settings {
  std::chrono::nanoseconds every{};
  std::chrono::nanoseconds w1_every{};
  std::string root;  // without a slash at its end
  std::vector<std::string> parts;
  bool per_core = true;
  std::vector<std::pair<std::string, std::string>> labels;
  NameFilter cores, disks, interfaces, filesystems, sensors;
  std::optional<UnitSettings> units;

  [[nodiscard]] bool collects(std::string_view part) const;
};
// Throws ConfigError.
[[nodiscard]] Settings read_settings(const Options& options);

}  // namespace telltale::linux_input
