// telltale tail
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/tail_printer.h"

namespace telltale::cli {

Outcome run_tail(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  TailPrinter printer(output, arguments.count, arguments.json);
  core::Result<bool> printed = true;
  const auto ended = client->stream_events({.path = "/api/v1/events", .query = {{"series", arguments.glob}}},
                                           [&](const net::ServerEvent& event) {
                                             printed = printer.take(event.data);
                                             return printed && *printed;
                                           });
  if (!printed) return printed.error();
  if (!ended) return ended.error();
  return kExitDone;
}

}  // namespace telltale::cli
