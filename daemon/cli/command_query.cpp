// telltale query
#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"

namespace telltale::cli {
namespace {

net::ClientRequest request_of(const Arguments& arguments, std::string format) {
  net::ClientRequest request{.path = "/api/v1/query", .timeout = std::chrono::seconds(60)};
  request.query = {
      {"series", arguments.glob}, {"from", arguments.from}, {"to", arguments.to}, {"stat", arguments.stat}};
  if (arguments.points != 0) request.query.emplace_back("points", std::to_string(arguments.points));
  request.query.emplace_back("format", std::move(format));
  return request;
}

// One row per point; the columns of the first series name those of all, since one request asks for one statistic.
void print_table(const boost::json::value& result, const Output& output) {
  const auto& series = array_of(result, "series");
  std::vector<std::string> header{"SERIES", "TIME"};
  for (const auto& item : series) {
    const auto& columns = array_of(item, "columns");
    if (columns.size() + 1 > header.size()) {
      header.resize(2);
      for (std::size_t i = 1; i < columns.size(); ++i) header.push_back('>' + text_of(columns[i]));
    }
  }
  Table table(header);
  for (const auto& item : series) {
    const std::string key = text_of(item, "key");
    const auto& columns = array_of(item, "data");
    const std::size_t rows = columns.empty() ? 0 : array_of(columns[0]).size();
    for (std::size_t i = 0; i < rows; ++i) {
      std::vector<std::string> row{key};
      for (const auto& column : columns) {
        const auto& cells = array_of(column);
        const auto& cell = i < cells.size() ? cells[i] : boost::json::value();
        row.push_back(row.size() == 1 ? time_text(cell) : text_of(cell));
      }
      table.add(std::move(row));
    }
  }
  table.print(output);
}

}  // namespace

Outcome run_query(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  if (arguments.format != "table") {
    char last = '\n';
    const auto done = client->download(request_of(arguments, arguments.format), [&](std::string_view chunk) {
      output.raw(chunk);
      last = chunk.back();
      return output.good();
    });
    if (!done) return done.error();
    if (last != '\n') output.raw("\n");
    return kExitDone;
  }
  const auto body = client->get(request_of(arguments, "json"));
  if (!body) return body.error();
  const auto result = parse_json(*body);
  if (!result) return result.error();
  print_table(*result, output);
  return kExitDone;
}

}  // namespace telltale::cli
