// What the machine says of itself, for the doctor: the supply's voltage, the wear of flash cards, who holds a serial
// port. Read from the kernel's files under `root`, "/" but in tests. Blocks on those files; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telltale::tools {

struct MachineView {
  enum class Supply : std::uint8_t { kNotKnown, kGood, kWasLow, kLow } supply = Supply::kNotKnown;
  struct Card {
    std::string device;              // "mmcblk0"
    std::optional<unsigned> worn;    // % of its life, at most: the kernel tells in steps of ten
    bool near_its_end = false;       // the card says so itself
    std::optional<double> write_ms;  // a write's time, mean since the boot; of a thousand or more
  };
  std::vector<Card> cards;
  bool modem_manager = false;  // runs, and looks for modems at serial ports
};
[[nodiscard]] MachineView look_at_machine(const std::string& root);

struct PortView {
  bool exists = false;
  std::string group;                 // that may open it: "dialout"
  std::vector<std::string> holders;  // programs that have it open, "minicom (812)", as far as this user may see
};
// `port`: "/dev/ttyUSB0", or a link to one.
[[nodiscard]] PortView look_at_port(const std::string& port, const std::string& root);

// The first path of a serial port in a text, such as an input's last error; empty: none.
[[nodiscard]] std::string port_in(const std::string& text);
// How to mend what an input says of itself: by its words, and by what `port` and `machine` show. Empty: nothing is
// known.
[[nodiscard]] std::string mend_of_input(const std::string& why, const std::optional<PortView>& port,
                                        const MachineView& machine);

}  // namespace telltale::tools
