// telltale sink list
#include <cstdint>

#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"

namespace telltale::cli {
namespace {

std::uint64_t number_of(const boost::json::value& object, std::string_view name) {
  const auto* const found = member(object, name);
  return found != nullptr && found->is_number() ? found->to_number<std::uint64_t>() : 0;
}

// Of ms: the coarsest two units.
std::string length_of(std::uint64_t ms) {
  const std::uint64_t seconds = (ms + 999) / 1'000;
  if (seconds == 0) return "";
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3'600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h {}m", seconds / 3'600, seconds / 60 % 60);
  return fmt::format("{}d {}h", seconds / 86'400, seconds / 3'600 % 24);
}

std::string if_not_zero(const boost::json::value& sink, std::string_view name) {
  return number_of(sink, name) == 0 ? std::string() : text_of(sink, name);
}

void print_details(const boost::json::value& sink, const Output& output) {
  const std::string id = text_of(sink, "id");
  if (number_of(sink, "lost_readings") > 0) {
    output.line(fmt::format("{}: {} readings of {} series, from {} to {}, are lost: the history no longer has them", id,
                            text_of(sink, "lost_readings"), text_of(sink, "lost_series"), time_of(sink, "lost_from"),
                            time_of(sink, "lost_to")));
  }
  for (const auto& parked : array_of(sink, "last_parked")) {
    output.line(fmt::format("{}: refused {} of {}, from {} to {}: {}", id, text_of(parked, "readings"),
                            text_of(parked, "series"), time_of(parked, "from"), time_of(parked, "to"),
                            text_of(parked, "reason")));
  }
}

}  // namespace

Outcome run_sink_list(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  const auto body = client->get({.path = "/api/v1/sinks"});
  if (!body) return body.error();
  if (arguments.json) {
    output.raw(*body + '\n');
    return kExitDone;
  }
  const auto sinks = parse_json(*body);
  if (!sinks) return sinks.error();
  Table table({"SINK", "PLUGIN", "STATE", ">SERIES", ">SENT", ">BEHIND", ">REFUSED", ">LOST", "LAST SENT", "WHY"});
  for (const auto& sink : array_of(*sinks)) {
    table.add({text_of(sink, "id"), text_of(sink, "plugin"), text_of(sink, "state"), text_of(sink, "series"),
               text_of(sink, "sent"), length_of(number_of(sink, "backlog")), if_not_zero(sink, "parked"),
               if_not_zero(sink, "lost_readings"), time_of(sink, "last_sent_at"), text_of(sink, "reason")});
  }
  table.print(output);
  for (const auto& sink : array_of(*sinks)) print_details(sink, output);
  return kExitDone;
}

}  // namespace telltale::cli
