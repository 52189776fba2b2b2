#include "plugins/serial/link/ports.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "plugins/serial/probe/guess.h"
#include "tests/support/temporary_tree.h"

namespace telltale::serial {
namespace {

// As sysfs has it: class/tty/NAME/device leads to the port, below the interface, below the adapter.
void add_adapter(const test::TemporaryTree& sys, const std::string& place, const std::string& name,
                 const std::string& serial, const std::string& interface = "00") {
  const std::string adapter = "devices/usb1/" + place;
  const std::string port = adapter + "/" + place + ":1." + interface + "/" + name;
  sys.write(adapter + "/idVendor", "0403\n");
  sys.write(adapter + "/idProduct", "6001\n");
  sys.write(adapter + "/manufacturer", "FTDI\n");
  sys.write(adapter + "/product", "FT232R USB UART\n");
  if (!serial.empty()) sys.write(adapter + "/serial", serial + "\n");
  sys.write(adapter + "/" + place + ":1." + interface + "/bInterfaceNumber", interface + "\n");
  sys.write("bus/drivers/ftdi_sio/x", "");
  sys.write("class/tty/" + name + "/dev", "188:0\n");
  std::filesystem::create_directories(sys.path() / port);
  std::filesystem::create_symlink(sys.path() / "bus/drivers/ftdi_sio", sys.path() / port / "driver");
  std::filesystem::create_symlink(sys.path() / port, sys.path() / "class/tty" / name / "device");
}

TEST(Ports, KnowsWhatSysfsKnows) {
  const test::TemporaryTree sys;
  add_adapter(sys, "1-1.4", "ttyUSB0", "A50285BI");
  sys.write("class/tty/tty1/dev", "4:1\n");  // a console
  const auto ports = list_ports(sys.path().string());
  ASSERT_EQ(ports.size(), 1U);
  const PortInfo& port = ports[0];
  EXPECT_EQ(port.name + " " + port.driver + " " + port.vendor + ":" + port.product + " " + port.serial + " " + port.interface +
                " " + port.maker + " " + port.description + " " + port.place,
            "ttyUSB0 ftdi_sio 0403:6001 A50285BI 00 FTDI FT232R USB UART 1-1.4");
  EXPECT_EQ(by_id_name(port), "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0");
  EXPECT_FALSE(port_info(sys.path().string(), "tty1"));
  EXPECT_FALSE(port_info(sys.path().string(), "../../x"));
  EXPECT_TRUE(list_ports("/nowhere").empty());
}

TEST(Ports, FindsAnAdapterAgainUnderAnotherName) {
  const test::TemporaryTree sys;
  add_adapter(sys, "1-1", "ttyUSB0", "A1");
  add_adapter(sys, "1-2", "ttyUSB1", "B2");
  const std::string root = sys.path().string();
  const UsbIdentity identity = identity_of(*port_info(root, "ttyUSB0"));
  EXPECT_EQ(find_port(list_ports(root), identity)->name, "ttyUSB0");
  sys.remove("class/tty/ttyUSB0");
  EXPECT_FALSE(find_port(list_ports(root), identity));
  add_adapter(sys, "1-3", "ttyUSB2", "A1");  // plugged in elsewhere
  EXPECT_EQ(find_port(list_ports(root), identity)->name, "ttyUSB2");
}

TEST(Ports, TellsAdaptersWithoutANumberByTheirPlace) {
  const test::TemporaryTree sys;
  add_adapter(sys, "1-1", "ttyUSB0", "");
  add_adapter(sys, "1-2", "ttyUSB1", "");
  const std::string root = sys.path().string();
  EXPECT_EQ(find_port(list_ports(root), identity_of(*port_info(root, "ttyUSB1")))->name, "ttyUSB1");
}

TEST(Ports, TakesWhatIsAskedFor) {
  const test::TemporaryTree sys;
  add_adapter(sys, "1-1", "ttyUSB0", "A1");
  const auto ports = list_ports(sys.path().string());
  EXPECT_TRUE(find_port(ports, {"0403", "", "", "", ""}));
  EXPECT_TRUE(find_port(ports, {"", "", "A1", "00", ""}));
  EXPECT_FALSE(find_port(ports, {"0403", "6002", "", "", ""}));
  EXPECT_FALSE(find_port(ports, {"", "", "a1", "", ""}));
}

TEST(Guess, TellsWhatALineSpeaks) {
  struct Case {
    std::string bytes;
    std::string payload;
  };
  const std::vector<Case> cases{{"12\r\n$HEHDT,270.5,T*2F\r\n$HE", "nmea"},
                                {".5\n21.5\n21.6\n", "number"},
                                {"x\nT=21.5 H=40\nT=2", "keyvalue"},
                                {"x\n1,2,3\n1", "csv"},
                                {"x\nready\n", "text"},
                                {"x\n{\"a\": 1}\n", "json"},
                                {"no end", ""},
                                {std::string("\xff\x80\n\x81\xfe\n\x90", 7), ""}};
  for (const Case& row : cases) EXPECT_EQ(guess(row.bytes).payload, row.payload) << row.bytes;
  EXPECT_EQ(guess("a\r\nb\r\n").end, "\\r\\n");
  EXPECT_GT(guess("x\n21.5\n").confidence, guess("\x80\xff\n\x81\xfe\n").confidence);
  EXPECT_EQ(guess("").confidence, 0U);
}

TEST(Guess, EndsOnAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) { RC_ASSERT(guess(bytes).confidence <= 100U); }));
}

}  // namespace
}  // namespace telltale::serial
