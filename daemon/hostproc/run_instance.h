// The life of an isolated instance: two threads. The control thread (main) talks with the daemon and beats the
// ring's heart; the instance thread belongs to the plugin.
#pragma once

namespace telltale::hostproc {

// Takes over the inherited descriptors (child_contract.h), waits for `start`, runs the instance until it ends.
// Answers the exit code: 0 after a stop, 1 after a failure, whose reason was sent. [main]
[[nodiscard]] int run_instance(int daemon_pid);

}  // namespace telltale::hostproc
