#include "daemon/cli/arguments_store.h"

#include <CLI/CLI.hpp>

namespace telltale::cli {
namespace {

class StoreParser {
 public:
  StoreParser(CLI::App& app, Arguments& arguments) : app_(app), arguments_(arguments) {}

  void add_all() {
    add_verify();
    add_backup();
    add_restore();
  }

 private:
  CLI::App* add(const char* name, const char* help, Command command) {
    CLI::App* added = app_.add_subcommand(name, help);
    added->callback([&arguments = arguments_, command] { arguments.command = command; });
    return added;
  }
  void add_json(CLI::App* command) { command->add_flag("--json", arguments_.json, "Print JSON"); }
  void add_state(CLI::App* command) {
    command->add_option("--state", arguments_.state_directory,
                        "State directory of the daemon, when not where an installed one has it");
  }

  void add_verify() {
    CLI::App* verify = add("verify", "Read every block of a history, or of a backup, to its last bit", Command::kVerify);
    verify->add_option("FILE", arguments_.path, "A history.db, a state directory or a backup; none: this machine's");
    add_state(verify);
    add_json(verify);
    verify->footer(
        "Reads alone, while the daemon runs or not. Each thing found is told with the series and the span that it costs.\n"
        "Exit codes: 0 all is well, 1 something cannot be read, 2 usage.\n"
        "Examples:\n"
        "  telltale verify\n"
        "  telltale verify /media/usb/press7.backup --json");
  }

  void add_backup() {
    CLI::App* backup = add("backup", "Copy the history, and the configuration, while the daemon runs", Command::kBackup);
    backup->add_option("FILE", arguments_.path, "The backup; it appears whole or not at all")->required();
    backup->add_flag("--force", arguments_.force, "Replace a file of that name");
    backup->add_option("--from", arguments_.source,
                       "Of this state directory or history file, not of a running daemon: also of a damaged one, as far "
                       "as it can be read");
    backup->add_flag("--with-secrets", arguments_.with_secrets, "secrets.yaml goes along: the file must be kept safe");
    backup->add_flag("--no-config", arguments_.no_config, "History alone, without configuration and accounts");
    add_json(backup);
    backup->footer(
        "Everything that was accepted before the command began is in it. With --url the configuration goes along, but\n"
        "dashboards and accounts do not: run it on the device for those.\n"
        "Exit codes: 0 done, 1 failed, or something could not be read and is left out, 2 usage, 69 daemon not reachable,\n"
        "77 not allowed.\n"
        "Examples:\n"
        "  telltale backup /media/usb/press7.backup\n"
        "  telltale backup --url http://press-7:8080 press7.backup      # needs a token of scope admin\n"
        "  telltale backup --from /var/lib/telltale press7.backup       # the daemon does not run");
  }

  void add_restore() {
    CLI::App* restore = add("restore", "Put a backup in the place of the history", Command::kRestore);
    restore->add_option("FILE", arguments_.path, "The backup")->required();
    add_state(restore);
    restore->add_option("--config", arguments_.config_path, "Where the daemon's configuration is")
        ->default_str("/etc/telltale/telltale.yaml");
    CLI::Option* replace = restore->add_flag("--replace-config", arguments_.replace_config,
                                             "Take the backup's configuration even where there is one");
    restore->add_flag("--no-config", arguments_.no_config, "Leave the configuration alone")->excludes(replace);
    add_json(restore);
    restore->footer(
        "The daemon must not run. The backup is verified first; a damaged one, or one of a newer Telltale, changes\n"
        "nothing. What was there is kept in before-restore-TIME in the state directory: remove it when all is well.\n"
        "Exit codes: 0 done, 1 refused or failed, 2 usage.\n"
        "Example:\n"
        "  systemctl stop telltaled && telltale restore /media/usb/press7.backup && systemctl start telltaled");
  }

  CLI::App& app_;
  Arguments& arguments_;
};

}  // namespace

void add_store_commands(CLI::App& app, Arguments& arguments) { StoreParser(app, arguments).add_all(); }

}  // namespace telltale::cli
