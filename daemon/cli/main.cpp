// telltale: the command line tool.
#include <cstdio>
#include <exception>
#include <variant>

#include <fmt/format.h>

#include "daemon/cli/arguments.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/output.h"
#include "daemon/core/escape.h"

namespace telltale::cli {
namespace {

Outcome run(const Arguments& arguments, const Output& output) {
  switch (arguments.command) {
    case Command::kCheck:
      return run_check(arguments, output);
    case Command::kStatus:
      return run_status(arguments, output);
    case Command::kWelcome:
      return run_welcome(arguments, output);
    case Command::kAvahi:
      return run_avahi(arguments, output);
    case Command::kSeries:
      return run_series(arguments, output);
    case Command::kTail:
      return run_tail(arguments, output);
    case Command::kTop:
      return run_top(arguments, output);
    case Command::kQuery:
      return run_query(arguments, output);
    case Command::kStorage:
      return run_storage(arguments, output);
    case Command::kPlugins:
      return run_plugins(arguments, output);
    case Command::kPluginInfo:
      return run_plugin_info(arguments, output);
    case Command::kPluginSchema:
      return run_plugin_schema(arguments, output);
    case Command::kPluginNew:
      return run_plugin_new(arguments, output);
    case Command::kPluginValidate:
      return run_plugin_validate(arguments, output);
    case Command::kInputList:
      return run_input_list(arguments, output);
    case Command::kInputRestart:
      return run_input_restart(arguments, output);
    case Command::kUserList:
      return run_user_list(arguments, output);
    case Command::kUserAdd:
      return run_user_add(arguments, output);
    case Command::kUserPasswd:
      return run_user_passwd(arguments, output);
    case Command::kUserRemove:
      return run_user_remove(arguments, output);
    case Command::kTokenList:
      return run_token_list(arguments, output);
    case Command::kTokenNew:
      return run_token_new(arguments, output);
    case Command::kTokenRevoke:
      return run_token_revoke(arguments, output);
    case Command::kProbe:
      return run_probe(arguments, output);
    case Command::kVerify:
      return run_verify(arguments, output);
    case Command::kBackup:
      return run_backup(arguments, output);
    case Command::kRestore:
      return run_restore(arguments, output);
    case Command::kExport:
      return run_export(arguments, output);
    case Command::kImport:
      return run_import(arguments, output);
    case Command::kSupport:
      return run_support(arguments, output);
    case Command::kAlarmList:
      return run_alarm_list(arguments, output);
    case Command::kAlarmAck:
      return run_alarm_ack(arguments, output);
    case Command::kAlarmSilence:
      return run_alarm_silence(arguments, output);
    case Command::kAlarmTest:
      return run_alarm_test(arguments, output);
    case Command::kAlarmTry:
      return run_alarm_try(arguments, output);
    case Command::kSinkList:
      return run_sink_list(arguments, output);
    case Command::kDerive:
      return run_derive(arguments, output);
    case Command::kProvisionKey:
      return run_provision_key(arguments, output);
    case Command::kProvisionSign:
      return run_provision_sign(arguments, output);
    case Command::kProvisionVerify:
      return run_provision_verify(arguments, output);
    case Command::kProvisionFetch:
      return run_provision_fetch(arguments, output);
    case Command::kProvisionStatus:
      return run_provision_status(arguments, output);
    case Command::kDoctor:
      return run_doctor(arguments, output);
  }
  return kExitUsage;
}

int tool_main(int argc, const char* const* argv) {
  const auto parsed = parse_arguments(argc, argv);
  if (const int* exit_code = std::get_if<int>(&parsed)) return *exit_code;
  const Output output = Output::standard();
  const Outcome outcome = run(std::get<Arguments>(parsed), output);
  output.flush();
  if (!outcome) {
    const core::Error& error = outcome.error();
    fmt::print(stderr, "telltale: {}\n", core::escape_line(error.text()));
    return exit_code_of(error.code);
  }
  return output.good() ? *outcome : kExitFailed;
}

}  // namespace
}  // namespace telltale::cli

int main(int argc, char** argv) {
  try {
    return telltale::cli::tool_main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "telltale: %s\n", error.what());
    return telltale::cli::kExitFailed;
  }
}
