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
    add_export();
    add_import();
    add_doctor();
    add_support();
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
    CLI::App* verify =
        add("verify", "Read every block of a history, or of a backup, to its last bit", Command::kVerify);
    verify->add_option("FILE", arguments_.path, "A history.db, a state directory or a backup; none: this machine's");
    add_state(verify);
    add_json(verify);
    verify->footer(
        "Reads alone, while the daemon runs or not. Each thing found is told with the series and the span that it "
        "costs.\n"
        "Exit codes: 0 all is well, 1 something cannot be read, 2 usage.\n"
        "Examples:\n"
        "  telltale verify\n"
        "  telltale verify /media/usb/press7.backup --json");
  }

  void add_backup() {
    CLI::App* backup =
        add("backup", "Copy the history, and the configuration, while the daemon runs", Command::kBackup);
    backup->add_option("FILE", arguments_.path, "The backup; it appears whole or not at all")->required();
    backup->add_flag("--force", arguments_.force, "Replace a file of that name");
    backup->add_option(
        "--from", arguments_.source,
        "Of this state directory or history file, not of a running daemon: also of a damaged one, as far "
        "as it can be read");
    backup->add_flag("--with-secrets", arguments_.with_secrets, "secrets.yaml goes along: the file must be kept safe");
    backup->add_flag("--no-config", arguments_.no_config, "History alone, without configuration and accounts");
    add_json(backup);
    backup->footer(
        "Everything that was accepted before the command began is in it. With --url the configuration goes along, but\n"
        "dashboards and accounts do not: run it on the device for those.\n"
        "Exit codes: 0 done, 1 failed, or something could not be read and is left out, 2 usage, 69 daemon not "
        "reachable,\n"
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

  void add_export() {
    CLI::App* exported = add("export", "Take readings out, as they are, into a file or a pipe", Command::kExport);
    exported
        ->add_option("GLOB", arguments_.globs,
                     "Series: patterns of names (* ? {a,b}), labels may follow: '*.temperature{room=\"hall\"}'")
        ->required();
    exported->add_option("--from", arguments_.export_from,
                         "now-1h, now/d, 2026-03-01T12:00:00Z or ms since the epoch; none: the first reading");
    exported->add_option("--to", arguments_.export_to, "As --from; not included; none: the last reading");
    exported
        ->add_option("--format", arguments_.export_format,
                     "csv: key,t,value; ndjson: an object a line; lines: InfluxDB's line protocol, times in ns")
        ->check(CLI::IsMember({"csv", "ndjson", "lines"}))
        ->capture_default_str();
    exported
        ->add_option("--time", arguments_.time_form, "How csv and ndjson write a time: ms, ns or rfc3339 (to the ms)")
        ->check(CLI::IsMember({"ms", "ns", "rfc3339"}))
        ->capture_default_str();
    exported->add_option("-o,--output", arguments_.path,
                         "A file, which appears whole or not at all; none or -: a pipe");
    exported->add_flag("--force", arguments_.force, "Replace a file of that name");
    exported->footer(
        "Readings come span by span, in each span series by series: neither side holds much at once.\n"
        "Exit codes: 0 done, 1 failed, or a damaged part is missing, 2 usage, 69 daemon not reachable, 77 not "
        "allowed.\n"
        "Examples:\n"
        "  telltale export 'press7.*' --from now-30d -o press7.csv\n"
        "  telltale export '*' --format lines | gzip > everything.lp.gz\n"
        "  telltale export 'system.cpu.*' --format ndjson --time ns --from 2026-03-01 --to 2026-04-01");
  }

  void add_import() {
    CLI::App* import =
        add("import", "Bring readings of the past in: CSV, line protocol, Home Assistant", Command::kImport);
    ImportArguments& given = arguments_.import;
    import->add_option("FILE", arguments_.path, "The file, plain or gzip; - is a pipe, which needs --format")
        ->required();
    import->add_option("--format", given.format, "What it is; auto sees it by the first bytes")
        ->check(CLI::IsMember({"auto", "csv", "lines", "home-assistant"}))
        ->capture_default_str();
    import->add_flag("--dry-run", given.dry_run, "Only say what would come in; needs no daemon");
    import->add_flag("--restart", given.restart, "Begin anew, where a run before was interrupted");
    import->add_flag("--anyway", given.anyway, "Also readings older than storage.raw keeps, which will be deleted");
    add_json(import);
    add_csv(import, given);
    add_mapping(import, given);
    import->add_option("--what", given.what, "Of Home Assistant: states, statistics, or all")
        ->check(CLI::IsMember({"states", "statistics", "all"}))
        ->capture_default_str();
    import->footer(
        "Of one series and time the last counts: to import twice changes nothing. An import that was interrupted goes "
        "on\n"
        "when the same command is given again. What is bad is told with its place; the rest comes in.\n"
        "Exit codes: 0 all came in, 1 something was bad or failed, 2 usage, 69 daemon not reachable, 77 not allowed.\n"
        "Examples:\n"
        "  telltale import press7.csv --dry-run\n"
        "  telltale import hall.csv --time Zeit --time-format '%d.%m.%Y %H:%M:%S' --tz Europe/Berlin --decimal-comma\n"
        "  telltale import old.lp.gz --unit '*.temperature=°C' --label site=hall-2\n"
        "  telltale import home-assistant_v2.db --only 'sensor.*' --kind 'sensor.*_energy=counter'");
  }

  void add_doctor() {
    CLI::App* doctor = add("doctor", "What is wrong with this device, and how to mend it", Command::kDoctor);
    add_state(doctor);
    doctor->add_flag("--deep", arguments_.deep, "Read the history to its end, however large it is");
    add_json(doctor);
    doctor->footer(
        "Looks at the daemon, the disk, the history and the clock; changes nothing. With --url it knows of the daemon "
        "alone.\n"
        "Exit codes: 0 nothing is bad (warnings are told), 1 something is, 2 usage.\n"
        "Examples:\n"
        "  sudo telltale doctor\n"
        "  telltale doctor --json | jq '.checks[] | select(.state != \"ok\")'");
  }

  void add_support() {
    CLI::App* support = add("support", "One archive that says how this device is, for who shall help, without secrets",
                            Command::kSupport);
    support->add_option("-o,--output", arguments_.path, "The archive; none: telltale-support-HOST-TIME.tar.gz, here");
    support->add_flag("--force", arguments_.force, "Replace a file of that name");
    add_state(support);
    support->footer(
        "In it: status, inputs, storage, series, metrics, what doctor says, the system, the service's log and the\n"
        "configuration. Passwords, tokens, keys, users in URLs and setup codes are left out, also of comments and "
        "logs;\n"
        "readings and accounts are not in it. Nothing is sent anywhere. With --url: what that daemon says alone.\n"
        "Exit codes: 0 done (what could not be had is said in its place), 1 failed, 2 usage.\n"
        "Examples:\n"
        "  sudo telltale support\n"
        "  sudo telltale support -o /media/usb/press7.tar.gz");
  }

  static void add_csv(CLI::App* import, ImportArguments& given) {
    import->add_option("--time", given.time_column,
                       "CSV: the column of times; none: t, time, timestamp, …, or the first");
    import->add_option("--key", given.key_column,
                       "CSV: the column of series' keys; none: key, series, name, entity_id");
    import->add_option("--value", given.value_column, "CSV: the column of values; none: value, _value, state");
    import
        ->add_option("--time-format", given.time_format,
                     "auto, s, ms, us, ns, rfc3339, or as strptime(3) has it; of line protocol: ns unless said")
        ->capture_default_str();
    import->add_option("--tz", given.zone, "Time zone of times that name none: Europe/Berlin")->capture_default_str();
    import->add_option("--delimiter", given.delimiter, "CSV: what stands between cells; tab is one; none: seen")
        ->check([](const std::string& text) {
          return text.size() == 1 || text == "tab" ? std::string() : std::string("must be one character, or tab");
  });
  import->add_flag("--decimal-comma", given.decimal_comma, "CSV: numbers are written 1.234,5");
}

static void
add_mapping(CLI::App* import, ImportArguments& given) {
  const auto list = [import](const char* name, std::vector<std::string>& into, const char* help) {
    import->add_option(name, into, help)->allow_extra_args(false);
  };
  list("--unit", given.units, "GLOB=UNIT, or UNIT for all; may be repeated, the first that matches counts");
  list("--kind", given.kinds, "GLOB=gauge, counter, state or event; may be repeated");
  list("--label", given.labels, "NAME=VALUE, added to every series; may be repeated");
  list("--rename", given.renames, "OLD=NEW name of a series; may be repeated");
  list("--only", given.only, "GLOB of the series to take, by their names in the file; may be repeated");
  import->add_option("--prefix", given.prefix, "Before every name: 'house.'");
  import->add_option("--from", given.from, "Only from then on: RFC 3339, ms since the epoch, now-30d");
  import->add_option("--to", given.to, "Only before then");
}

CLI::App& app_;
Arguments& arguments_;
};  // namespace

}  // namespace telltale::cli

void add_store_commands(CLI::App& app, Arguments& arguments) { StoreParser(app, arguments).add_all(); }

}  // namespace telltale::cli
