#include "daemon/tools/doctor_machine.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>

namespace telltale::tools {

namespace {

namespace fs = std::filesystem;

// The first line of one of the kernel's files; empty: there is none.
std::string line_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed)) {
    found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<unsigned> hex(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (failed != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

// A Raspberry Pi's firmware: bit 0 now, bit 16 since the boot. Newer kernels tell the first by a sensor as well.
MachineView::Supply look_at_supply(const fs::path& root) {
  using Supply = MachineView::Supply;
  for (const fs::path& sensor : entries_of(root / "sys/class/hwmon")) {
    if (line_of(sensor / "name") == "rpi_volt" && line_of(sensor / "in0_lcrit_alarm") == "1") return Supply::kLow;
  }
  const auto flags = hex(line_of(root / "sys/devices/platform/soc/soc:firmware/get_throttled"));
  if (!flags) return Supply::kNotKnown;
  if ((*flags & 1U) != 0) return Supply::kLow;
  return (*flags & 0x1'0000U) != 0 ? Supply::kWasLow : Supply::kGood;
}

// JEDEC eMMC 5.0, EXT_CSD 267 to 269: life in tenths, 11 past its end; the reserve 1 normal, 2 and 3 nearly used up.
MachineView::Card look_at_card(const fs::path& block) {
  MachineView::Card card;
  card.device = block.filename();
  std::istringstream life(line_of(block / "device/life_time"));
  for (std::string word; life >> word;) {
    const auto tenths = hex(word);
    if (tenths && *tenths > 0) card.worn = std::max(card.worn.value_or(0), std::min(*tenths * 10, 110U));
  }
  const auto reserve = hex(line_of(block / "device/pre_eol_info"));
  card.near_its_end = (reserve && *reserve >= 2) || card.worn.value_or(0) > 90;
  // Documentation/block/stat.rst: the fifth is writes, the eighth the milliseconds that they took.
  std::istringstream counts(line_of(block / "stat"));
  std::array<double, 8> stat{};
  for (double& count : stat) counts >> count;
  if (counts && stat[4] >= 1'000) card.write_ms = stat[7] / stat[4];
  return card;
}

std::string group_of(gid_t id) {
  std::array<char, 4'096> buffer{};
  group entry{};
  group* found = nullptr;
  if (::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return found->gr_name;
  return fmt::format("{}", id);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

bool has_one(const std::string& text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&text](std::string_view part) { return has(text, part); });
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::string mend_of_port(const std::string& why, const PortView& port, const MachineView& machine) {
  if (!port.exists) {
    return "plug it in, `dmesg | tail` shows whether the kernel sees it; name it by /dev/serial/by-id, which does not "
           "change";
  }
  if (has_one(why, {"permission", "not permitted", "denied"})) {
    return fmt::format(
        "adduser telltale {}, then systemctl restart telltaled; the packages telltale-plugin-serial and "
        "-modbus do it",
        port.group.empty() ? "dialout" : port.group);
  }
  if (machine.modem_manager && has_one(why, {"busy", "in use", "locked"})) {
    return "ModemManager looks for modems there: systemctl mask --now ModemManager, or a udev rule with "
           "ENV{ID_MM_DEVICE_IGNORE}=\"1\" for this adapter";
  }
  if (!port.holders.empty()) return fmt::format("it is open in {}: end that", fmt::join(port.holders, ", "));
  return has_one(why, {"busy", "in use", "locked"}) ? "another program has it open: `fuser -v PORT` as root says which"
                                                    : std::string();
}

}  // namespace

MachineView look_at_machine(const std::string& root) {
  MachineView view;
  view.supply = look_at_supply(root);
  for (const fs::path& block : entries_of(fs::path(root) / "sys/block")) {
    const std::string name = block.filename();
    const bool whole =
        name.starts_with("mmcblk") && name.find("boot") == std::string::npos && name.find("rpmb") == std::string::npos;
    if (whole) view.cards.push_back(look_at_card(block));
  }
  for (const fs::path& process : entries_of(fs::path(root) / "proc")) {
    if (is_number(process.filename()) && line_of(process / "comm") == "ModemManager") view.modem_manager = true;
  }
  return view;
}

PortView look_at_port(const std::string& port, const std::string& root) {
  PortView view;
  struct stat status {};
  const std::string path = root == "/" ? port : root + port;
  if (::stat(path.c_str(), &status) != 0) return view;
  view.exists = true;
  view.group = group_of(status.st_gid);
  std::error_code failed;
  const fs::path device = fs::canonical(path, failed);
  for (const fs::path& process : entries_of(fs::path(root) / "proc")) {
    if (!is_number(process.filename())) continue;
    for (const fs::path& open : entries_of(process / "fd")) {
      if (fs::read_symlink(open, failed) != device || failed) continue;
      const std::string name = line_of(process / "comm");
      if (!name.starts_with("telltale"))
        view.holders.push_back(fmt::format("{} ({})", name, process.filename().string()));
      break;
    }
  }
  return view;
}

std::string port_in(const std::string& text) {
  for (const std::string_view kind : {"/dev/serial/", "/dev/tty", "/dev/rfcomm", "/dev/pts/"}) {
    const auto begin = text.find(kind);
    if (begin == std::string::npos) continue;
    const auto end = text.find_first_of(" \t\"',;)", begin);
    std::string port = text.substr(begin, end == std::string::npos ? end : end - begin);
    while (port.ends_with(':') || port.ends_with('.')) port.pop_back();
    return port;
  }
  return {};
}

std::string mend_of_input(const std::string& why, const std::optional<PortView>& port, const MachineView& machine) {
  const std::string said = lower(why);
  if (port) {
    if (std::string mend = mend_of_port(said, *port, machine); !mend.empty()) return mend;
  }
  if (has_one(said, {"refused"})) {
    return "the machine is there, but nothing listens at that port: does the broker or slave run, is the port right?";
  }
  if (has_one(said, {"no route", "unreachable"}))
    return "is the cable in, are both in the same network? `ip route` tells";
  if (has_one(said, {"name or service", "name resolution", "about the name", "not known"})) {
    return "the name is not known here: `getent hosts NAME`; an address works without a name server";
  }
  if (has_one(said, {"not authori", "bad user name", "credentials", "password"})) {
    return "the user or the password is wrong for the other side: see the input's username and password";
  }
  if (has_one(said, {"certificate", "tls", "ssl"})) {
    return "the certificate is not trusted or has ended: see the input's ca, and this device's clock";
  }
  if (has_one(said, {"checksum", "crc", "noise", "framing"})) {
    return "noise on the line: termination of 120 ohm at both ends, the cable's shield, baud and parity";
  }
  if (has_one(said, {"does not answer", "timed out", "timeout"})) {
    return "on a serial bus: A and B swapped? unit number, baud and parity as the device has them? termination at both "
           "ends? `telltale probe modbus` tries them; over a network: is it on, is a firewall between?";
  }
  return {};
}

}  // namespace telltale::tools
