// The configuration, checked. A value; constant once made.
#pragma once

#include <string>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/serial/framing/frame_rules.h"
#include "plugins/serial/link/line_settings.h"
#include "plugins/serial/link/ports.h"

namespace telltale::serial {

// A question, and who answers it.
struct PollRule {
  std::string send;
  std::string name;
  Time every = std::chrono::seconds(1);
  Time timeout = std::chrono::milliseconds(500);
};

struct Settings {
  std::string port;  // empty: `usb`
  UsbIdentity usb;
  LineSettings line;
  FrameRules frame;
  std::vector<std::string> init;
  Time init_delay{};
  std::vector<PollRule> polls;
  Time poll_delay{};
  unsigned misses = 3;
  Time silence{};  // 0: never
  std::string name;  // the template of names when none is given
};

// Throws ConfigError with words a user can act on.
[[nodiscard]] Settings make_settings(const Options& options);

}  // namespace telltale::serial
