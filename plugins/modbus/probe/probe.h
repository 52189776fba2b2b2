// Finds what is on a bus before anything is configured: speed and parity of a line, unit ids, and what stands in a
// range of registers, decoded in every plausible way. See ext/probe.h.
#pragma once

#include <array>

#include <telltale/cpp/host.hpp>
#include <telltale/cpp/probe.hpp>

#include "plugins/modbus/modbus_options.h"

namespace telltale::modbus {

inline constexpr std::array kTableWords{to_str("holding"), to_str("input"), to_str("coil"), to_str("discrete")};

inline constexpr telltale_option kProbeTable[] = {
    Option::text("url", "The bus: tcp://HOST:PORT, rtu+tcp://HOST:PORT or rtu:///dev/ttyUSB0.").required(),
    Option::text("units", "Unit ids to try, 1-247 or 1,5,10-20.").by_default("1-247"),
    Option::text("bauds", "Speeds to try on a serial line without ?baud=, most likely first.")
        .by_default("9600,19200,38400,115200,4800,2400,57600"),
    Option::text("parities", "Parities to try on a serial line without ?parity=.").by_default("none,even,odd"),
    Option::duration("timeout", "Time to wait for each reply.").by_default("200ms").range(1e6, 1e10),
    Option::text("table", "What to read of the units that are found.").by_default("holding").one_of(kTableWords),
    Option::integer("address", "The first address to read.").range(0, 65535).by_default("0"),
    Option::integer("count", "Registers or bits to read, fewer where there are not as many; 0: only find units.")
        .range(0, 125)
        .by_default("10"),
};

// Throws ConfigError or IoError.
void run_probe(Host host, Report report, int stop_fd);

}  // namespace telltale::modbus
