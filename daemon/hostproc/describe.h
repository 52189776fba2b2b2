// `telltale-plugin-host --describe FILE.so`: loads the plugin and prints what it says of itself.
#pragma once

#include <string>

namespace telltale::hostproc {

// Prints the description as JSON and answers 0, or {"error": …} and answers 1. Whatever the plugin prints while it is
// loaded goes to stderr. [main]
[[nodiscard]] int describe_plugin(const std::string& file);

}  // namespace telltale::hostproc
