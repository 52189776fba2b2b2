// The process in which a plugin looks for devices: takes what to run from the control channel, gives up what the plugin
// shall not have, runs probe/1 and sends what it finds (host/probe_message.h). Called once, from main.
#pragma once

namespace telltale::hostproc {

// `asker` is the process that started this one. The exit code.
[[nodiscard]] int run_probe(int asker);

}  // namespace telltale::hostproc
