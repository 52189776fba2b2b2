// The commands. Each prints to `output` what it was asked for, and answers the exit code, or an error that main tells.
#pragma once

#include "daemon/cli/arguments.h"
#include "daemon/cli/output.h"
#include "daemon/core/error.h"

namespace telltale::cli {

using Outcome = core::Result<int>;

[[nodiscard]] Outcome run_check(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_status(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_welcome(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_avahi(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_storage(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_series(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_tail(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_top(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_query(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_plugins(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_plugin_info(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_plugin_schema(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_plugin_new(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_plugin_validate(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_probe(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_input_list(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_input_restart(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_user_list(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_user_add(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_user_passwd(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_user_remove(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_token_list(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_token_new(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_token_revoke(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_alarm_list(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_alarm_ack(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_alarm_silence(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_alarm_test(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_alarm_try(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_sink_list(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_derive(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_verify(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_backup(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_restore(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_export(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_import(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_support(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_doctor(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_provision_key(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_provision_sign(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_provision_verify(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_provision_fetch(const Arguments& arguments, const Output& output);
[[nodiscard]] Outcome run_provision_status(const Arguments& arguments, const Output& output);

}  // namespace telltale::cli
