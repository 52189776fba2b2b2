#include "daemon/cli/arguments.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "daemon/cli/arguments_provision.h"
#include "daemon/cli/arguments_store.h"
#include "daemon/cli/exit_code.h"

namespace telltale::cli {
namespace {

constexpr const char* kGlobHelp =
    "Series to show: a pattern of names (* ? {a,b}), labels may follow: 'press7.*', '*.temperature{room=\"hall\"}'";

class Parser {
 public:
  Parser() : app_("Looks after a Telltale daemon: its readings, its inputs and its configuration.", "telltale") {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.set_version_flag("--version", "telltale " TELLTALE_VERSION);
    app_.add_option("--url", arguments_.url, "Another device, such as https://press-7:8080")->envname("TELLTALE_URL");
    app_.add_option("--token", arguments_.token, "API token for it; better given in TELLTALE_TOKEN")
        ->envname("TELLTALE_TOKEN");
    app_.add_option("--fingerprint", arguments_.fingerprint,
                    "SHA-256 of its certificate, which `telltale status` on it shows; for https with one of its own")
        ->envname("TELLTALE_FINGERPRINT");
    app_.add_option("--cacert", arguments_.ca_file, "Certificates that may have signed its own (PEM)")
        ->envname("TELLTALE_CACERT")
        ->type_name("FILE");
    app_.add_option("--run", arguments_.run_directory, "Run directory of a daemon on this machine");
    app_.footer(
        "Examples:\n"
        "  telltale status\n"
        "  telltale tail 'system.*'\n"
        "  telltale query 'press7.oil.temperature' --from now-1d --points 100 --format csv\n"
        "  telltale check telltale.yaml\n"
        "Exit codes: 0 done, 1 failed, 2 usage, 69 daemon not reachable, 77 not allowed, 78 bad configuration.");
    add_reading_commands();
    add_device_commands();
    add_account_commands();
    add_plugin_commands();
    add_probe();
    add_store_commands(app_, arguments_);
    add_rule_commands();
    add_provision_commands(app_, arguments_);
  }

  std::variant<Arguments, int> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      // CLI11 has exit codes of its own; users are promised ours.
      return app_.exit(error, std::cout, std::cerr) == 0 ? kExitDone : kExitUsage;
    }
    return arguments_;
  }

 private:
  CLI::App* add(CLI::App& parent, const char* name, const char* help, Command command) {
    CLI::App* added = parent.add_subcommand(name, help);
    added->callback([this, command] { arguments_.command = command; });
    return added;
  }
  void add_json(CLI::App* command) { command->add_flag("--json", arguments_.json, "Print JSON"); }

  void add_reading_commands() {
    CLI::App* series =
        add(app_, "series", "List series: key, unit, kind, input, first and last time", Command::kSeries);
    series->add_option("GLOB", arguments_.glob, kGlobHelp);
    add_json(series);

    CLI::App* tail = add(app_, "tail", "Print readings as they happen, a line each, until interrupted", Command::kTail);
    tail->add_option("GLOB", arguments_.glob, std::string(kGlobHelp) + "; @mean_1m and the like may follow")
        ->required();
    tail->add_option("-n,--count", arguments_.count, "Stop after so many readings");
    add_json(tail);
    tail->footer("Example: telltale tail 'system.cpu.*' --json | head -20");

    CLI::App* top = add(app_, "top", "The device at a glance, live, in the terminal", Command::kTop);
    top->add_option("GLOB", arguments_.glob, kGlobHelp);
    top->add_option("--every", arguments_.every, "How often it looks")->capture_default_str();
    top->add_option("-n,--count", arguments_.count, "Stop after so many looks");
    top->footer(
        "Keys: q ends, arrows or j and k move one series, space and the page keys a screen. What changed is bold.\n"
        "In a pipe: one look, as plain lines.\n"
        "Examples:\n"
        "  telltale top\n"
        "  telltale top 'press7.*' --every 250ms");

    CLI::App* query = add(app_, "query", "Print history", Command::kQuery);
    query->add_option("GLOB", arguments_.glob, kGlobHelp)->required();
    query->add_option("--from", arguments_.from, "now-1h, now/d, 2026-03-01T12:00:00Z or ms since the epoch")
        ->capture_default_str();
    query->add_option("--to", arguments_.to, "As --from; not included")->capture_default_str();
    query->add_option("--points", arguments_.points, "At most so many points per series");
    query
        ->add_option("--stat", arguments_.stat, "auto, raw, m4, or mean, min, max, sum, count, std, first, last, delta")
        ->capture_default_str();
    query->add_option("--format", arguments_.format, "table, csv, json or ndjson")
        ->check(CLI::IsMember({"table", "csv", "json", "ndjson"}))
        ->capture_default_str();
    query->footer(
        "Examples:\n"
        "  telltale query 'press7.oil.temperature' --from now-1d --stat mean --points 24\n"
        "  telltale query 'press7.*' --stat raw --format csv > press7.csv");
  }

  void add_device_commands() {
    CLI::App* status =
        add(app_, "status", "Daemon, addresses, inputs, rates, drops, storage, clock, clients", Command::kStatus);
    add_json(status);
    status->add_flag("--qr", arguments_.qr, "Its address as a QR code, also when this is not a terminal");
    add(app_, "welcome", "Addresses, setup code and QR code, for the console of a new device", Command::kWelcome);
    CLI::App* avahi = add(app_, "avahi", "The service file by which Avahi announces the device", Command::kAvahi);
    avahi->add_option("-o,--output", arguments_.path, "File to write; removed when only this device is served")
        ->type_name("FILE");
    add_json(add(app_, "storage", "How much history is kept, and what it costs the disk", Command::kStorage));
    CLI::App* check = add(app_, "check", "Validate a configuration: exit 0, or 78 with every error", Command::kCheck);
    check->add_option("FILE", arguments_.file, "The configuration")->capture_default_str();
    add_plugin_directory(check);

    CLI::App* input = app_.add_subcommand("input", "The inputs of the daemon");
    input->require_subcommand(1);
    add_json(add(*input, "list", "Every input: state, readings, drops, restarts, last error", Command::kInputList));
    CLI::App* restart = add(*input, "restart", "End an input's process and start it again", Command::kInputRestart);
    restart->add_option("ID", arguments_.name, "Its id in the configuration")->required();
  }

  void add_account_commands() {
    const auto named = [this](CLI::App* command) {
      command->add_option("NAME", arguments_.name, "1 to 64 letters, digits, dots, dashes, underscores or @")
          ->required();
      return command;
    };
    CLI::App* user = app_.add_subcommand("user", "Who may log in on the page");
    user->require_subcommand(1);
    add_json(add(*user, "list", "Every user and role", Command::kUserList));
    CLI::App* added = named(
        add(*user, "add", "Add one; the password is asked for, or is read from standard input", Command::kUserAdd));
    added->add_option("--role", arguments_.role, "viewer looks, operator posts and operates, admin changes the device")
        ->check(CLI::IsMember({"viewer", "operator", "admin"}))
        ->capture_default_str();
    named(add(*user, "passwd", "Give one another password; ends all sessions of it", Command::kUserPasswd));
    named(add(*user, "remove", "Remove one; ends all sessions of it", Command::kUserRemove));

    CLI::App* token = app_.add_subcommand("token", "API tokens of scripts and other programs");
    token->require_subcommand(1);
    add_json(add(*token, "list", "Every token and its scopes", Command::kTokenList));
    CLI::App* made = named(add(*token, "new", "Make one; it is printed once, and kept nowhere", Command::kTokenNew));
    made->add_option("--scope", arguments_.scopes, "read, write, admin; several with commas between")
        ->delimiter(',')
        ->check(CLI::IsMember({"read", "write", "admin"}))
        ->capture_default_str();
    named(add(*token, "revoke", "It holds no longer, at once", Command::kTokenRevoke));
  }

  void add_plugin_commands() {
    CLI::App* plugins = add(app_, "plugins", "List the installed plugins", Command::kPlugins);
    add_json(plugins);
    add_plugin_directory(plugins);
    CLI::App* plugin = app_.add_subcommand("plugin", "One plugin: installed, or of your own");
    plugin->require_subcommand(1);
    CLI::App* info = add(*plugin, "info", "What it does, and every option it takes", Command::kPluginInfo);
    CLI::App* schema = add(*plugin, "schema", "JSON Schema of its options, for editors", Command::kPluginSchema);
    for (CLI::App* command : {info, schema}) {
      command->add_option("NAME", arguments_.name, "As in `plugin:` of the configuration")->required();
      add_plugin_directory(command);
    }
    add_json(info);
    info->add_flag("--markdown", arguments_.markdown, "Print a page's part, for documentation")->excludes("--json");
    CLI::App* made =
        add(*plugin, "new", "Begin a plugin of your own: source, build, test, example", Command::kPluginNew);
    made->add_option("NAME", arguments_.name, "Its name, as `plugin:` will say: [a-z][a-z0-9_-]*")->required();
    made->add_option("DIR", arguments_.directory, "Where the directory NAME is made")->capture_default_str();
    made->footer("Example: telltale plugin new thermo && cd thermo && cmake -B build && cmake --build build");
    add_validate(*plugin);
  }

  void add_validate(CLI::App& plugin) {
    CLI::App* validate = add(plugin, "validate", "Try whether a plugin keeps the rules", Command::kPluginValidate);
    CLI::Option* file = validate->add_option("FILE", arguments_.library, "The library, build/NAME.so");
    validate->add_option("--case", arguments_.cases, "Only the case of this id; may be repeated")
        ->allow_extra_args(false);
    validate
        ->add_option("--option", arguments_.option_texts,
                     "KEY=VALUE, for an option whose value cannot be made up; devices.unit=1 goes into a list's item")
        ->allow_extra_args(false);
    validate->add_flag("--list", arguments_.list, "List the cases: id, what it proves, what to do")->excludes(file);
    add_json(validate);
    validate->footer(
        "Exit codes: 0 all cases passed or were skipped, 1 one failed, crashed or timed out, 2 usage.\n"
        "Examples:\n"
        "  telltale plugin validate build/thermo.so\n"
        "  telltale plugin validate build/thermo.so --case poll.returns --option port=/dev/ttyUSB0");
  }

  void add_probe() {
    CLI::App* probe =
        add(app_, "probe", "Find devices, try decodings, print YAML to paste; needs no daemon", Command::kProbe);
    probe->add_option("PLUGIN", arguments_.name, "Who looks: serial, modbus, mqtt, or a plugin of your own")
        ->required();
    probe->add_option("WHERE", arguments_.words,
                      "Where it looks, and KEY=VALUE of how; without anything the plugin's options are shown");
    probe->add_option("--deadline", arguments_.deadline, "Longest time to look")->capture_default_str();
    add_json(probe);
    add_plugin_directory(probe);
    probe->footer(
        "Exit codes: 0 looked, whatever was found, 1 could not look, 2 usage.\n"
        "Examples:\n"
        "  telltale probe serial\n"
        "  telltale probe modbus tcp://192.168.1.20 address=100 count=20\n"
        "  telltale probe modbus rtu:///dev/ttyUSB0 units=1-10 --json");
  }

  void add_rule_commands() {
    CLI::App* alarm = app_.add_subcommand("alarm", "The rules' alarms");
    alarm->require_subcommand(1);
    add_json(add(*alarm, "list", "Every alarm: state, value, since when, who has seen it", Command::kAlarmList));
    CLI::App* ack = add(*alarm, "ack", "Say that somebody has seen a rule's alarms", Command::kAlarmAck);
    CLI::App* silence = add(*alarm, "silence", "Tell nobody of a rule's alarms for a while", Command::kAlarmSilence);
    silence->add_option("--for", arguments_.length, "How long; 0s ends it")->capture_default_str();
    CLI::App* tried = add(*alarm, "try", "When a rule would have fired, of the history", Command::kAlarmTry);
    tried->add_option("NAME", arguments_.name, "The rule")->required();
    tried->add_option("--from", arguments_.from, "now-30d, now/d, 2026-03-01T12:00:00Z or ms since the epoch")
        ->capture_default_str();
    tried->add_option("--to", arguments_.to, "As --from; not included")->capture_default_str();
    tried->add_option("--config", arguments_.file, "The configuration that has it; it need not be the running one")
        ->capture_default_str();
    add_plugin_directory(tried);
    add(*alarm, "test", "Tell those whom a rule would tell, as a test", Command::kAlarmTest)
        ->add_option("NAME", arguments_.name, "The rule")
        ->required();
    for (CLI::App* command : {ack, silence}) {
      command->add_option("NAME", arguments_.name, "The rule")->required();
      command->add_option("-m,--comment", arguments_.comment, "What it is about");
      command->add_option("--who", arguments_.who, "Your name; with a token it is the token's")->envname("USER");
    }
    alarm->footer(
        "Examples:\n"
        "  telltale alarm list\n"
        "  telltale alarm ack 'oil hot' -m 'on my way'\n"
        "  telltale alarm silence 'oil hot' --for 2h");
    CLI::App* sink = app_.add_subcommand("sink", "Where readings are sent to");
    sink->require_subcommand(1);
    add_json(add(*sink, "list", "Every sink: what it sent, how far behind it is, what was refused or lost",
                 Command::kSinkList));
    CLI::App* derive = add(app_, "derive", "The derived series, or the past of a new one", Command::kDerive);
    derive->add_option("--backfill", arguments_.name, "Compute the past of this one, until its first reading")
        ->type_name("NAME");
    derive->add_option("--from", arguments_.export_from,
                       "Where it begins; else with the first reading that it looks at");
    derive->add_option("--to", arguments_.export_to, "Where it ends, instead; what is there already is computed anew");
    add_json(derive);
    derive->footer(
        "Examples:\n"
        "  telltale derive\n"
        "  telltale derive --backfill press7.power --from now-30d");
  }

  void add_plugin_directory(CLI::App* command) {
    command->add_option("--plugins", arguments_.plugin_directory,
                        "Where the plugins are, when not beside this program");
  }

  Arguments arguments_;
  CLI::App app_;
};

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv) { return Parser().parse(argc, argv); }

}  // namespace telltale::cli
