#include "daemon/cli/arguments_provision.h"

#include <CLI/CLI.hpp>

namespace telltale::cli {
namespace {

class ProvisionParser {
 public:
  ProvisionParser(CLI::App& app, Arguments& arguments)
      : arguments_(arguments), provision_(*app.add_subcommand("provision", "Configurations signed elsewhere")) {
    provision_.require_subcommand(1);
    provision_.footer(
        "Where the fleet is looked after:\n"
        "  telltale provision key fleet\n"
        "  telltale provision sign press.yaml --key fleet.key --for 'press-*' --serial 17 -o press-7.yaml\n"
        "On a device, with /etc/telltale/provision.yaml and fleet.pub:\n"
        "  telltale provision fetch --dry-run\n"
        "  systemctl enable --now telltale-provision.timer");
  }

  void add_all() {
    CLI::App* key =
        add("key", "Make a pair of keys: NAME.key signs, NAME.pub goes to the devices", Command::kProvisionKey);
    key->add_option("NAME", arguments_.name, "Path without ending; what is there already stays")->required();
    add_sign();
    CLI::App* verify =
        add("verify", "Whether a key has signed a configuration, and for whom", Command::kProvisionVerify);
    verify->add_option("FILE", arguments_.path, "The signed configuration")->required();
    verify->add_option("--key", arguments_.provision.keys, "NAME.pub; may be repeated: one of them has to have signed")
        ->required()
        ->allow_extra_args(false);
    verify->add_option("--device", arguments_.provision.device, "Also whether it is for the device of this name");
    verify->footer("Exit codes: 0 it is, 1 it is not, 2 usage.");
    add_fetch();
    CLI::App* status =
        add("status", "Where this device gets its configuration from, and what came", Command::kProvisionStatus);
    add_places(status);
    status->add_flag("--json", arguments_.json, "Print JSON");
  }

 private:
  CLI::App* add(const char* name, const char* help, Command command) {
    CLI::App* added = provision_.add_subcommand(name, help);
    added->callback([&arguments = arguments_, command] { arguments.command = command; });
    return added;
  }

  void add_sign() {
    ProvisionArguments& given = arguments_.provision;
    CLI::App* sign = add("sign", "Check a configuration, and sign it for devices", Command::kProvisionSign);
    sign->add_option("FILE", arguments_.file, "The configuration")->required();
    sign->add_option("--key", given.private_key, "NAME.key")->required();
    sign->add_option("--for", arguments_.globs, "Names of devices: a pattern (* ? {a,b}); may be repeated")
        ->required()
        ->allow_extra_args(false);
    sign->add_option("--serial", given.serial, "Which one it is: devices take a greater one than the last alone")
        ->required();
    sign->add_option("--until", given.until, "Not taken after that: 2027-01-01T00:00:00Z");
    sign->add_option("-o,--output", arguments_.path, "A file, which appears whole or not at all; none: a pipe");
    sign->add_flag("--force", arguments_.force, "Replace a file of that name");
    sign->add_flag("--unchecked", given.unchecked,
                   "Although it has errors here, where the devices' secrets and plugins are not");
    add_plugins(sign);
    sign->footer("Exit codes: 0 done, 1 failed, 2 usage, 78 the configuration has errors.");
  }

  void add_fetch() {
    ProvisionArguments& given = arguments_.provision;
    CLI::App* fetch = add("fetch", "One round: take what is new for this device", Command::kProvisionFetch);
    add_places(fetch);
    fetch->add_flag("--dry-run", given.dry_run, "Fetch, verify and check, and change nothing");
    fetch->add_flag("--again", given.again, "Also one that could not be taken before");
    fetch
        ->add_option("--patience", arguments_.count,
                     "Seconds that a daemon which goes away with a new one may take to come back; 30 unless said")
        ->check(CLI::Range(1, 3600));
    add_plugins(fetch);
    fetch->footer(
        "Exit codes: 0 taken over, or nothing is new, 1 refused or failed: what ran before goes on, 2 usage, 69 it "
        "cannot be\nhad now, 77 not allowed, 78 errors in provision.yaml.");
  }

  void add_places(CLI::App* command) {
    command->add_option("--config", arguments_.provision.file, "Where it comes from, and whom to believe")
        ->capture_default_str();
    command->add_option("--state", arguments_.state_directory,
                        "State directory of the daemon, when not where an installed one has it");
  }
  void add_plugins(CLI::App* command) {
    command->add_option("--plugins", arguments_.plugin_directory,
                        "Where the plugins are, when not beside this program");
  }

  Arguments& arguments_;
  CLI::App& provision_;
};

}  // namespace

void add_provision_commands(CLI::App& app, Arguments& arguments) { ProvisionParser(app, arguments).add_all(); }

}  // namespace telltale::cli
