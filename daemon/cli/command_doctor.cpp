// telltale doctor
#include <algorithm>
#include <filesystem>
#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/cli/store_files.h"
#include "daemon/tools/doctor.h"

namespace telltale::cli {
namespace {

constexpr std::uint64_t kQuickBytes = 256'000'000;  // some seconds on a slow device

std::uint64_t count_of(const boost::json::value& object, std::string_view name) {
  const auto* found = member(object, name);
  return found != nullptr && found->is_number() ? found->to_number<std::uint64_t>() : 0;
}

const boost::json::value& part(const boost::json::value& document, std::string_view name) {
  static const boost::json::value kNothing;
  const auto* found = member(document, name);
  return found == nullptr ? kNothing : *found;
}

tools::DaemonView view_of(const boost::json::value& status) {
  const auto& storage = part(status, "storage");
  tools::DaemonView view;
  view.health = text_of(status, "health");
  view.storage_error = text_of(storage, "error");
  view.bytes = count_of(storage, "bytes");
  view.budget = count_of(storage, "budget");
  view.damaged = count_of(storage, "damaged");
  view.journal_lost = count_of(part(status, "pipeline"), "journal_lost");
  const auto* synchronised = member(part(status, "clock"), "synchronised");
  view.synchronised = synchronised == nullptr || !synchronised->is_bool() || synchronised->get_bool();
  if (const auto* oldest = member(storage, "oldest"); oldest != nullptr && oldest->is_number()) {
    view.oldest = core::from_ms(oldest->to_number<std::int64_t>());
  }
  for (const auto& input : array_of(status, "inputs")) {
    std::string why = text_of(input, "reason");
    if (why.empty()) why = text_of(input, "last_error");
    view.inputs.push_back({text_of(input, "id"), text_of(input, "state"), why, {}});
  }
  for (const auto& sink : array_of(status, "sinks")) {
    const auto* owed = member(sink, "owed_since");
    tools::DaemonView::Sink one{text_of(sink, "id"), text_of(sink, "state"), text_of(sink, "reason"),
                                count_of(sink, "parked"), count_of(sink, "lost_readings")};
    if (one.why.empty()) one.why = text_of(sink, "last_error");
    if (owed != nullptr && owed->is_number()) one.owed_since = core::from_ms(owed->to_number<std::int64_t>());
    view.sinks.push_back(std::move(one));
  }
  return view;
}

void print_text(const std::vector<tools::Verdict>& verdicts, const Output& output) {
  Table table({"CHECK", "", "WHAT"});
  for (const tools::Verdict& verdict : verdicts) {
    table.add({verdict.id, std::string(tools::to_text(verdict.level)), verdict.what});
  }
  table.print(output);
  for (const tools::Verdict& verdict : verdicts) {
    if (!verdict.mend.empty()) output.line("mend " + verdict.id + ": " + verdict.mend);
  }
}

void print_json(const std::vector<tools::Verdict>& verdicts, bool good, const Output& output) {
  boost::json::array checks;
  for (const tools::Verdict& verdict : verdicts) {
    checks.push_back(
        {{"id", verdict.id}, {"state", tools::to_text(verdict.level)}, {"what", verdict.what}, {"mend", verdict.mend}});
  }
  output.raw(boost::json::serialize(boost::json::object{{"ok", good}, {"checks", std::move(checks)}}) + '\n');
}

}  // namespace

Outcome run_doctor(const Arguments& arguments, const Output& output) {
  tools::DoctorView view;
  const auto target = choose_target(arguments, core::PathSurroundings::of_this_process());
  auto client = net::Client::make(target);
  if (!client) return client.error();
  const auto body = client->get({.path = "/api/v1/status"});
  std::string run_directory;
  if (body) {
    const auto status = parse_json(*body);
    if (!status) return status.error();
    view.daemon = view_of(*status);
    view.state_directory = text_of(part(*status, "files"), "state");
    if (!target.socket.empty()) run_directory = std::filesystem::path(target.socket).parent_path();
  } else {
    view.no_daemon = body.error().message;
  }
  if (!arguments.state_directory.empty()) view.state_directory = arguments.state_directory;
  // Of another device there is no disk to look at.
  const bool here = !target.socket.empty();
  if (here && view.state_directory.empty()) {
    auto files = find_daemon_files(arguments);
    if (files) view.state_directory = files->state;
  }
  if (!view.state_directory.empty()) {
    tools::look_around(view, run_directory, arguments.deep ? std::numeric_limits<std::uint64_t>::max() : kQuickBytes);
  }
  std::vector<tools::Verdict> verdicts = tools::judge(view);
  if (!here && arguments.state_directory.empty()) {
    std::erase_if(verdicts, [](const tools::Verdict& verdict) {
      return verdict.id.starts_with("disk") || verdict.id == "storage.pages";
    });
  }
  const bool good = std::none_of(verdicts.begin(), verdicts.end(), [](const tools::Verdict& verdict) {
    return verdict.level == tools::Verdict::Level::kBad;
  });
  if (arguments.json) {
    print_json(verdicts, good, output);
  } else {
    print_text(verdicts, output);
  }
  return good ? kExitDone : kExitFailed;
}

}  // namespace telltale::cli
