#include "plugins/serial/link/ports.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace telltale::serial {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPorts = 256;
constexpr std::size_t kMaxTextBytes = 256;
constexpr int kMaxLevels = 8;  // from a port up to its adapter

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  std::string text;
  std::getline(stream, text);
  text.resize(std::min(text.size(), kMaxTextBytes));
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

bool is_file(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

std::string target_name(const fs::path& link) {
  std::error_code error;
  return fs::read_symlink(link, error).filename().string();
}

}  // namespace

std::optional<PortInfo> port_info(const std::string& sysfs, const std::string& name) {
  std::error_code error;
  fs::path device = fs::canonical(fs::path(sysfs) / "class/tty" / name / "device", error);
  if (error) return std::nullopt;  // a console, or a pseudo-terminal
  PortInfo port;
  port.name = name;
  port.driver = target_name(device / "driver");
  // All of the 8250's ports are there, also those that no machine has.
  if (port.driver == "serial8250" && text_of(fs::path(sysfs) / "class/tty" / name / "type") == "0") return std::nullopt;
  for (int i = 0; i < kMaxLevels && device.has_relative_path(); ++i, device = device.parent_path()) {
    if (port.interface.empty() && is_file(device / "bInterfaceNumber")) port.interface = text_of(device / "bInterfaceNumber");
    if (!is_file(device / "idVendor")) continue;
    port.vendor = text_of(device / "idVendor");
    port.product = text_of(device / "idProduct");
    port.serial = text_of(device / "serial");
    port.maker = text_of(device / "manufacturer");
    port.description = text_of(device / "product");
    port.place = device.filename().string();
    break;
  }
  return port;
}

std::vector<PortInfo> list_ports(const std::string& sysfs) {
  std::vector<PortInfo> ports;
  std::error_code error;
  for (fs::directory_iterator entry(fs::path(sysfs) / "class/tty", error), end; !error && entry != end;
       entry.increment(error)) {
    if (auto port = port_info(sysfs, entry->path().filename().string())) ports.push_back(std::move(*port));
    if (ports.size() == kMaxPorts) break;
  }
  std::sort(ports.begin(), ports.end(), [](const PortInfo& a, const PortInfo& b) { return a.name < b.name; });
  return ports;
}

std::optional<PortInfo> find_port(const std::vector<PortInfo>& ports, const UsbIdentity& wanted) {
  const auto same = [](const std::string& asked, const std::string& is) {
    return asked.empty() || std::equal(asked.begin(), asked.end(), is.begin(), is.end(), [](char a, char b) {
             return (a >= 'A' && a <= 'F' ? a - 'A' + 'a' : a) == (b >= 'A' && b <= 'F' ? b - 'A' + 'a' : b);
           });
  };
  const auto found = std::find_if(ports.begin(), ports.end(), [&](const PortInfo& port) {
    return port.is_usb() && same(wanted.vendor, port.vendor) && same(wanted.product, port.product) &&
           (wanted.serial.empty() || wanted.serial == port.serial) && same(wanted.interface, port.interface) &&
           (wanted.place.empty() || wanted.place == port.place);
  });
  if (found == ports.end()) return std::nullopt;
  return *found;
}

UsbIdentity identity_of(const PortInfo& port) {
  UsbIdentity identity{port.vendor, port.product, port.serial, port.interface, {}};
  if (port.serial.empty()) identity.place = port.place;
  return identity;
}

std::string by_id_name(const PortInfo& port) {
  if (!port.is_usb()) return {};
  std::string name = "usb-" + (port.maker.empty() ? port.vendor : port.maker) + "_" +
                     (port.description.empty() ? port.product : port.description);
  if (!port.serial.empty()) name += "_" + port.serial;
  name += "-if" + port.interface;
  if (port.name.starts_with("ttyUSB")) name += "-port0";
  for (char& c : name) {  // as udev replaces what it does not keep
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         std::string_view("#+-.:=@_").find(c) != std::string_view::npos;
    if (!is_kept) c = '_';
  }
  return name;
}

}  // namespace telltale::serial
