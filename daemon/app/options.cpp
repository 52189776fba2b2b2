#include "daemon/app/options.h"

#include <CLI/CLI.hpp>

namespace telltale::app {

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  std::string level = "info";
  std::string format = "journal";
  CLI::App app{
      "telltaled: collects readings from sensors, keeps their history on this device and shows them live.\n"
      "Without --config and without /etc/telltale/telltale.yaml it shows this machine's own sensors, on "
      "loopback.",
      "telltaled"};
  app.set_version_flag("--version", "telltaled " TELLTALE_VERSION);
  app.add_option("--config", options.config, "configuration file (YAML)")->type_name("FILE");
  app.add_option("--state", options.state, "directory of the history")->type_name("DIR");
  app.add_option("--run", options.run, "directory of journal, rings and socket; on tmpfs")->type_name("DIR");
  app.add_option("--listen", options.listen, "address and port to serve on; port 0: one that is free")
      ->type_name("ADDR:PORT");
  app.add_option("--log-level", level, "error, warning, notice, info or debug")
      ->check(CLI::IsMember({"error", "warning", "notice", "info", "debug"}))
      ->type_name("L");
  app.add_option("--log-format", format, "journal (lines with a priority) or json")
      ->check(CLI::IsMember({"journal", "json"}))
      ->type_name("F");
  app.add_flag("--check", options.check, "validate the configuration and exit: 0, or 78 with every error");
  app.footer(
      "Signals: SIGTERM and SIGINT stop, with everything committed; SIGHUP reads the configuration again.\n"
      "Exit codes: 0 stopped, 1 failed, 2 bad usage, 78 bad configuration.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int answer = app.exit(error);
    return answer == 0 ? kExitStopped : kExitUsage;
  }
  options.log_level = *core::log_level_from(level);
  options.log_format = format == "json" ? core::LogFormat::kJson : core::LogFormat::kJournal;
  return options;
}

}  // namespace telltale::app
