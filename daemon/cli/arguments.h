// What the user typed: the command line of `telltale`, read once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace telltale::cli {

enum class Command : std::uint8_t {
  kCheck,
  kStatus,
  kSeries,
  kTail,
  kTop,
  kQuery,
  kStorage,
  kPlugins,
  kPluginInfo,
  kPluginSchema,
  kPluginNew,
  kPluginValidate,
  kInputList,
  kInputRestart,
  kUserList,
  kUserAdd,
  kUserPasswd,
  kUserRemove,
  kTokenList,
  kTokenNew,
  kTokenRevoke,
  kProbe,
  kVerify,
  kBackup,
  kRestore,
  kExport,
  kImport,
  kDoctor,
  kSupport,
  kDerive,
  kAlarmList,
  kAlarmAck,
  kAlarmSilence,
  kAlarmTest,
  kAlarmTry,
  kSinkList,
  kWelcome,
  kAvahi,
  kProvisionKey,
  kProvisionSign,
  kProvisionVerify,
  kProvisionFetch,
  kProvisionStatus,
};

// Of `import`.
struct ImportArguments {
  std::string format = "auto";
  std::string time_column;
  std::string key_column;
  std::string value_column;
  std::string time_format = "auto";
  std::string zone = "UTC";
  std::string delimiter;
  bool decimal_comma = false;
  std::string what = "all";  // of Home Assistant's
  std::vector<std::string> units;
  std::vector<std::string> kinds;
  std::vector<std::string> labels;
  std::vector<std::string> renames;
  std::vector<std::string> only;
  std::string prefix;
  std::string from;
  std::string to;
  bool dry_run = false;
  bool restart = false;
  bool anyway = false;
};

// Of `provision`.
struct ProvisionArguments {
  std::string file = "/etc/telltale/provision.yaml";
  std::string private_key;
  std::vector<std::string> keys;
  std::string device;
  std::uint64_t serial = 0;
  std::string until;
  bool unchecked = false;
  bool dry_run = false;
  bool again = false;
};

struct Arguments {
  Command command = Command::kStatus;
  // Which daemon.
  std::string url;
  std::string token;
  std::string fingerprint;
  std::string ca_file;
  std::string run_directory;
  // What the command is about; each has a meaning only for the commands that take it.
  std::string file = "/etc/telltale/telltale.yaml";
  std::string name;  // of a plugin, an input, a user or a token
  std::string role = "admin";
  std::vector<std::string> scopes{"read"};
  std::string glob = "*";
  std::string from = "now-1h";
  std::string to = "now";
  std::uint32_t points = 0;  // 0: the daemon's choice
  std::string stat = "auto";
  std::string format = "table";
  std::string plugin_directory;
  std::string directory = ".";  // where something new is made
  std::string every = "1s";     // of `top`
  std::uint64_t count = 0;      // readings to print, or screens to show; 0: no end
  bool json = false;
  bool qr = false;
  bool markdown = false;
  // Of `plugin validate`.
  std::string library;
  std::vector<std::string> cases;         // ids; none: all
  std::vector<std::string> option_texts;  // KEY=VALUE
  bool list = false;
  // Of `probe`.
  std::vector<std::string> words;  // KEY=VALUE, or what the plugin looks at
  std::string deadline = "30m";
  // Of verify, backup, restore, export, import, doctor, support.
  std::string path;             // the file that it is about
  std::string state_directory;  // empty: that of the running daemon, or the usual one
  std::string source;           // of a backup: a directory or file instead of a daemon
  std::string config_path;
  bool force = false;
  bool with_secrets = false;
  bool no_config = false;
  bool replace_config = false;
  bool deep = false;
  std::vector<std::string> globs;
  std::string export_from;
  std::string export_to;
  std::string export_format = "csv";
  std::string time_form = "ms";
  ImportArguments import;
  ProvisionArguments provision;
  // Of alarm.
  std::string who;
  std::string comment;
  std::string length = "1h";
};

// The arguments, or the exit code when there is nothing to do: help was shown, or a usage error was told.
[[nodiscard]] std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace telltale::cli
