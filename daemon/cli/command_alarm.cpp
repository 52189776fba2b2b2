// telltale alarm list, ack, silence, test
#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/core/escape.h"

namespace telltale::cli {
namespace {

std::string labels_text(const boost::json::value& alarm) {
  const auto* const labels = member(alarm, "labels");
  if (labels == nullptr || !labels->is_object()) return {};
  std::string text;
  for (const auto& [name, value] : labels->get_object()) {
    text += (text.empty() ? "" : " ") + std::string(name) + "=" + text_of(value);
  }
  return text;
}

std::string remark_of(const boost::json::value& alarm) {
  std::string text = text_of(alarm, "by");
  if (const std::string comment = text_of(alarm, "comment"); !comment.empty()) text += ": " + comment;
  if (const std::string until = time_of(alarm, "silenced"); !until.empty()) text += " (silent until " + until + ")";
  if (const std::string problem = text_of(alarm, "problem"); !problem.empty()) text += " " + problem;
  return text;
}

core::Result<std::string> say(const Arguments& arguments, const std::string& what, const std::string& body) {
  auto client = connect(arguments);
  if (!client) return client.error();
  return client->post({.path = "/api/v1/alarms/" + net::percent_encode(arguments.name) + "/" + what, .body = body});
}

std::string who_and_why(const Arguments& arguments) {
  std::string body = "\"comment\":" + core::json_string(arguments.comment);
  if (!arguments.who.empty()) body += ",\"who\":" + core::json_string(arguments.who);
  return body;
}

Outcome tell_count(const core::Result<std::string>& answer, const Arguments& arguments, const Output& output,
                   std::string_view what) {
  if (!answer) return answer.error();
  const auto document = parse_json(*answer);
  if (!document) return document.error();
  output.line(fmt::format("{}: {} {}", arguments.name, text_of(*document, "alarms"), what));
  return kExitDone;
}

}  // namespace

Outcome run_alarm_list(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto body = client->get({.path = "/api/v1/alarms"});
  if (!body) return body.error();
  if (arguments.json) {
    output.raw(*body + '\n');
    return kExitDone;
  }
  const auto alarms = parse_json(*body);
  if (!alarms) return alarms.error();
  Table table({"RULE", "LABELS", "STATE", "SEVERITY", ">VALUE", "SINCE", "REMARK"});
  for (const auto& alarm : array_of(*alarms)) {
    table.add({text_of(alarm, "rule"), labels_text(alarm), text_of(alarm, "state"), text_of(alarm, "severity"),
               text_of(alarm, "value"), time_of(alarm, "since"), remark_of(alarm)});
  }
  table.print(output);
  return kExitDone;
}

Outcome run_alarm_ack(const Arguments& arguments, const Output& output) {
  return tell_count(say(arguments, "ack", "{" + who_and_why(arguments) + "}"), arguments, output, "acknowledged");
}

Outcome run_alarm_silence(const Arguments& arguments, const Output& output) {
  const std::string body = "{\"for\":" + core::json_string(arguments.length) + "," + who_and_why(arguments) + "}";
  return tell_count(say(arguments, "silence", body), arguments, output, "silenced for " + arguments.length);
}

Outcome run_alarm_test(const Arguments& arguments, const Output& output) {
  const auto answer = say(arguments, "test", "");
  if (!answer) return answer.error();
  const auto outcomes = parse_json(*answer);
  if (!outcomes) return outcomes.error();
  bool all = true;
  for (const auto& one : array_of(*outcomes)) {
    const std::string detail = text_of(one, "detail");
    output.line(text_of(one, "id") + ": " + (detail.empty() ? "told" : detail));
    all = all && detail.empty();
  }
  if (array_of(*outcomes).empty()) output.line("nobody is told of this rule: the configuration's `notify` says who is");
  return all ? kExitDone : kExitFailed;
}

}  // namespace telltale::cli
