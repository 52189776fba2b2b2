// Writes down how this process crashes: the signal, where it happened and who called, into the report that the daemon
// looks at when the process has ended. The handler allocates nothing and takes no lock of ours; what it has is in the
// report step by step, so that a crash inside the handler still leaves the signal and the place.
#pragma once

#include "daemon/host/report_area.h"

namespace telltale::hostproc {

// For the process; the report outlives it. An exception that nobody catches is written down with its words. [main]
void install_crash_handler(host::InstanceReport& report);

// A stack of its own for the handler, so that a stack that is full can be told. For the calling thread; threads that
// the plugin makes have none.
void use_signal_stack();

}  // namespace telltale::hostproc
