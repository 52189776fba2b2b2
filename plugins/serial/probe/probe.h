// Finds serial ports before anything is configured, and listens at each speed for what makes sense. Nothing is sent. See
// ext/probe.h.
#pragma once

#include <telltale/cpp/host.hpp>
#include <telltale/cpp/probe.hpp>

namespace telltale::serial {

inline constexpr telltale_option kProbeTable[] = {
    Option::path("port", "Only this port; without it, all that there are."),
    Option::text("bauds", "Speeds to try, most likely first.")
        .by_default("9600,115200,4800,19200,38400,57600,2400,1200"),
    Option::duration("listen", "How long to listen at each speed; 0: only list the ports.")
        .by_default("1500ms")
        .range(0, 6e10),
};

// Throws ConfigError or IoError.
void run_probe(Host host, Report report, int stop_fd);

}  // namespace telltale::serial
