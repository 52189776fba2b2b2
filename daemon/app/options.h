// The command line of telltaled.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "daemon/core/log.h"

namespace telltale::app {

// Exit codes that scripts and systemd look at.
inline constexpr int kExitStopped = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitConfig = 78;  // EX_CONFIG of sysexits.h

struct Options {
  std::optional<std::string> config;
  std::optional<std::string> state;
  std::optional<std::string> run;
  std::optional<std::string> listen;
  core::LogLevel log_level = core::LogLevel::kInfo;
  core::LogFormat log_format = core::LogFormat::kJournal;
  bool check = false;
};

// The options, or the exit code after help, version or a usage error was printed.
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace telltale::app
