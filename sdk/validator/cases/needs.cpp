// What a plugin does that it must declare: the validator watches its system calls, and refuses what was not declared,
// as the isolation would.
#include <array>

#include "sdk/validator/case.h"
#include "sdk/validator/lab.h"

namespace telltale::validator {

namespace {

void is_watched(Lab& lab) { lab.live(); }

constexpr Case kCases[] = {
    {{"needs.network", "It makes no IPv4 or IPv6 socket, or says that it needs the network.",
      "Add TELLTALE_NEEDS_NETWORK (telltale::kNeedsNetwork) to its needs."},
     kAfterRun,
     &is_watched,
     Deed::kUsesNetwork},
    {{"needs.local_sockets", "It makes no Unix or netlink socket, or says that it needs them.",
      "Add TELLTALE_NEEDS_LOCAL_SOCKETS (telltale::kNeedsLocalSockets) to its needs."},
     kAfterRun,
     &is_watched,
     Deed::kUsesLocalSockets},
    {{"needs.devices", "It opens nothing below /dev, or says that it needs devices, or an option names it.",
      "Add TELLTALE_NEEDS_DEVICES (telltale::kNeedsDevices) to its needs, and mark the option as a path."},
     kAfterRun,
     &is_watched,
     Deed::kUsesDevices},
    {{"needs.processes", "It starts no process, or says that it needs to.",
      "Add TELLTALE_NEEDS_PROCESSES (telltale::kNeedsProcesses) to its needs; better, use a library."},
     kAfterRun,
     &is_watched,
     Deed::kStartsProcesses},
    {{"needs.files_read", "It reads what every plugin may (/proc, /sys, /usr, public settings), and what options name.",
      "Make the path an option with TELLTALE_OPTION_PATH (telltale::Option::path)."},
     kAfterRun,
     &is_watched,
     Deed::kReadsFiles},
    {{"needs.files_written", "It writes no file but those that options name.",
      "Make the path an option with TELLTALE_OPTION_PATH (telltale::Option::path); keep state in memory."},
     kAfterRun,
     &is_watched,
     Deed::kWritesFiles},
    {{"process.signals_nobody", "It sends no signal to another process.",
      "End your own threads by telling them; there is no need that allows more."},
     kAfterRun,
     &is_watched,
     Deed::kSignalsOthers},
};

}  // namespace

std::span<const Case> needs_cases() { return kCases; }

}  // namespace telltale::validator
