// The serial ports of this machine, as sysfs describes them, and how one is found again.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace telltale::serial {

struct PortInfo {
  std::string name;         // ttyUSB0
  std::string driver;       // ftdi_sio
  std::string vendor;       // of a USB adapter: four hexadecimal digits
  std::string product;      // likewise
  std::string serial;       // or empty
  std::string interface;    // 00: which of its ports
  std::string maker;        // FTDI
  std::string description;  // FT232R USB UART
  std::string place;        // 1-1.4: where on the bus it is plugged in

  [[nodiscard]] bool is_usb() const noexcept { return !vendor.empty(); }
};

// What is known of the adapter that is looked for; empty: anything.
struct UsbIdentity {
  std::string vendor;
  std::string product;
  std::string serial;
  std::string interface;
  std::string place;
};

// All ports that stand for hardware. `sysfs`: /sys, or a test's. [any]
[[nodiscard]] std::vector<PortInfo> list_ports(const std::string& sysfs);
// One by its name, ttyUSB0; nothing when it is none. [any]
[[nodiscard]] std::optional<PortInfo> port_info(const std::string& sysfs, const std::string& name);
// The first that fits. [any]
[[nodiscard]] std::optional<PortInfo> find_port(const std::vector<PortInfo>& ports, const UsbIdentity& wanted);
// Enough of a port's to find it again under another name: by its serial number, or else by the place it is plugged in.
[[nodiscard]] UsbIdentity identity_of(const PortInfo& port);

// "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0", as udev calls it. [any]
[[nodiscard]] std::string by_id_name(const PortInfo& port);

}  // namespace telltale::serial
