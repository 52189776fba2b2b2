// telltale series
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"

namespace telltale::cli {

Outcome run_series(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto body = client->get({.path = "/api/v1/series", .query = {{"match", arguments.glob}}});
  if (!body) return body.error();
  if (arguments.json) {
    output.raw(*body + '\n');
    return kExitDone;
  }
  const auto series = parse_json(*body);
  if (!series) return series.error();
  Table table({"SERIES", "UNIT", "KIND", "INPUT", "FIRST", "LAST"});
  for (const auto& item : array_of(*series)) {
    table.add({text_of(item, "key"), text_of(item, "unit"), text_of(item, "kind"), text_of(item, "input"),
               time_of(item, "first"), time_of(item, "last")});
  }
  table.print(output);
  return kExitDone;
}

}  // namespace telltale::cli
