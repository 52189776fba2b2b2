// telltale status, storage, input list, input restart
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/cli/json_text.h"
#include "daemon/cli/qr.h"
#include "daemon/cli/status_text.h"

namespace telltale::cli {
namespace {

// Fetches a document and prints it as it is, or as `print` shows it to people.
template <class Print>
Outcome show(const Arguments& arguments, const Output& output, const char* path, Print print) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto body = client->get({.path = path});
  if (!body) return body.error();
  if (arguments.json) {
    output.raw(*body + '\n');
    return kExitDone;
  }
  const auto document = parse_json(*body);
  if (!document) return document.error();
  print(*document);
  return kExitDone;
}

void print_inputs(const boost::json::value& inputs, const Output& output) {
  Table table({"INPUT", "PLUGIN", "STATE", ">READINGS", ">DROPPED", ">RESTARTS", "LAST READING", "WHY"});
  for (const auto& input : array_of(inputs)) {
    std::string why = text_of(input, "reason");
    if (why.empty()) why = text_of(input, "last_error");
    table.add({text_of(input, "id"), text_of(input, "plugin"), text_of(input, "state"), text_of(input, "readings"),
               text_of(input, "dropped"), text_of(input, "restarts"), time_of(input, "last_reading_at"), why});
  }
  table.print(output);
}

// Payloads that it could not use: how many per reason, and the last one.
void print_refused(const boost::json::value& input, const Output& output) {
  const auto* refused = member(input, "refused");
  const auto* last = refused == nullptr ? nullptr : member(*refused, "last");
  if (last == nullptr || !last->is_object()) return;
  std::string reasons;
  if (const auto* counts = member(*refused, "reasons"); counts != nullptr && counts->is_object()) {
    for (const auto& [reason, count] : counts->get_object()) {
      reasons += (reasons.empty() ? "" : ", ") + std::string(reason) + " " + text_of(count) + "×";
    }
  }
  output.line(text_of(input, "id") + ": payloads refused: " + reasons);
  const std::string source = text_of(*last, "source");
  output.line("  the last one, at " + time_of(*last, "time") + ", " + text_of(*last, "reason") +
              (source.empty() ? "" : ", from " + source) + ": " + text_of(*last, "payload"));
}

// What of an input somebody has to look at; nothing for one that is well.
void print_faults(const boost::json::value& input, const Output& output) {
  const std::string id = text_of(input, "id");
  if (text_of(input, "update_available") == "yes") {
    output.line(id + ": its plugin has changed; `telltale input restart " + id + "` takes the new one");
  }
  if (const auto* denied = member(input, "denied"); denied != nullptr && denied->is_object()) {
    std::string calls;
    for (const auto& [call, count] : denied->get_object()) {
      calls += (calls.empty() ? "" : ", ") + std::string(call) + " " + text_of(count) + "×";
    }
    if (!calls.empty()) output.line(id + ": isolation refused " + calls);
  }
  print_refused(input, output);
  const auto* crash = member(input, "crash");
  if (crash == nullptr || !crash->is_object()) return;
  output.line(id + ": " + text_of(*crash, "cause") + " at " + time_of(*crash, "time") + " (" +
              text_of(*crash, "count") + "×)");
  for (const auto& frame : array_of(*crash, "backtrace")) output.line("    " + text_of(frame));
  if (!array_of(*crash, "last_lines").empty()) output.line("  its last lines:");
  for (const auto& line : array_of(*crash, "last_lines")) output.line("    " + text_of(line));
}

// For a phone, of an address that it can reach.
void print_qr(const boost::json::value& status, const Arguments& arguments, const Output& output) {
  const auto* addresses = member(status, "addresses");
  if (addresses == nullptr || array_of(*addresses).empty()) return;
  const std::string address = text_of(array_of(*addresses).front());
  const bool local = address.find("//127.") != std::string::npos || address.find("//[::1]") != std::string::npos;
  if (!arguments.qr && (local || !output.terminal())) return;
  output.raw(qr_text(address, output.terminal() ? QrInk::kColours : QrInk::kLightOnDark));
}

}  // namespace

Outcome run_status(const Arguments& arguments, const Output& output) {
  return show(arguments, output, "/api/v1/status", [&](const auto& status) {
    print_qr(status, arguments, output);
    status_table(status).print(output);
    if (output.terminal()) output.raw("\n");
    if (const auto* inputs = member(status, "inputs"); inputs != nullptr) print_inputs(*inputs, output);
  });
}

Outcome run_storage(const Arguments& arguments, const Output& output) {
  return show(arguments, output, "/api/v1/storage", [&](const auto& storage) { print_json_text(storage, output, {}); });
}

Outcome run_input_list(const Arguments& arguments, const Output& output) {
  return show(arguments, output, "/api/v1/inputs", [&](const auto& inputs) {
    print_inputs(inputs, output);
    for (const auto& input : array_of(inputs)) print_faults(input, output);
  });
}

Outcome run_input_restart(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto done = client->post({.path = "/api/v1/inputs/" + net::percent_encode(arguments.name) + "/restart"});
  if (!done) return done.error();
  output.line("restarted " + arguments.name);
  return kExitDone;
}

}  // namespace telltale::cli
