// Keeps a case's process from harming the machine that the validator runs on: no signals to others, no writing outside
// its own directory, no more memory and descriptors than a plugin may need. In the case's process.
//
// This is care, not isolation: the daemon's own is stricter, and follows what the plugin declares.
#pragma once

#include <string>

#include "sdk/validator/stage.h"

namespace telltale::validator {

// Ends with its parent, leads a process group of its own, has default signals, a private environment and `directory`
// as its working directory. Before anything of the plugin is loaded.
void enter_guard(const std::string& directory);

// Refuses system calls that reach beyond the process. With `watched`, the validator is asked instead, and knows what
// was tried; false when the kernel cannot do that.
[[nodiscard]] bool guard_calls(Stage& stage, bool watched);

// Refuses new processes from now on: the plugin did not say that it needs them.
void forbid_processes();

}  // namespace telltale::validator
