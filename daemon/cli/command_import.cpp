// telltale import
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/progress.h"
#include "daemon/core/units.h"
#include "daemon/tools/import.h"

namespace telltale::cli {
namespace {

constexpr std::size_t kShownProblems = 20;
constexpr std::size_t kShownSeries = 50;

core::Error usage(std::string message) { return core::make_error(core::ErrorCode::kInvalid, std::move(message)); }

// `PATTERN=TEXT`, or the text alone for everything; at the last equals sign, as labels have some, too.
core::Result<std::pair<core::Selector, std::string>> patterned(const std::string& text) {
  const auto at = text.rfind('=');
  auto selector = core::Selector::parse(at == std::string::npos ? "*" : text.substr(0, at));
  if (!selector) return selector.error();
  return std::pair(std::move(*selector), at == std::string::npos ? text : text.substr(at + 1));
}

core::Result<std::pair<std::string, std::string>> pair_of(const std::string& text, const char* what) {
  const auto at = text.find('=');
  if (at == std::string::npos || at == 0) return usage(std::string(what) + " must be NAME=VALUE: '" + text + "'");
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

core::Result<std::int64_t> time_of(const std::string& text) {
  const auto time = core::parse_time(text, core::SystemClock().wall_now());
  if (!time) return time.error();
  return time->time_since_epoch().count();
}

core::Result<tools::ImportMapping> mapping_of(const ImportArguments& arguments) {
  tools::ImportMapping mapping;
  mapping.prefix = arguments.prefix;
  for (const std::string& text : arguments.units) {
    auto unit = patterned(text);
    if (!unit) return unit.error();
    mapping.units.push_back(std::move(*unit));
  }
  for (const std::string& text : arguments.kinds) {
    auto kind = patterned(text);
    if (!kind) return kind.error();
    const auto known = core::series_kind_from(kind->second);
    if (!known) return usage("--kind must be gauge, counter, state or event, such as '*.energy=counter'");
    mapping.kinds.emplace_back(std::move(kind->first), *known);
  }
  for (const std::string& text : arguments.labels) {
    auto label = pair_of(text, "--label");
    if (!label) return label.error();
    mapping.labels.push_back(std::move(*label));
  }
  for (const std::string& text : arguments.renames) {
    auto rename = pair_of(text, "--rename");
    if (!rename) return rename.error();
    mapping.renames.push_back(std::move(*rename));
  }
  for (const std::string& text : arguments.only) {
    auto selector = core::Selector::parse(text);
    if (!selector) return selector.error();
    mapping.only.push_back(std::move(*selector));
  }
  for (auto [text, into] : {std::pair(&arguments.from, &mapping.from), std::pair(&arguments.to, &mapping.to)}) {
    if (text->empty()) continue;
    const auto time = time_of(*text);
    if (!time) return time.error();
    *into = *time;
  }
  return mapping;
}

tools::ImportFormat format_of(const std::string& text) {
  if (text == "csv") return tools::ImportFormat::kCsv;
  if (text == "lines") return tools::ImportFormat::kLines;
  if (text == "home-assistant") return tools::ImportFormat::kHomeAssistant;
  return tools::ImportFormat::kAuto;
}

// FNV-1a, 64 bits.
std::string hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

// Which file, into which daemon, how: whatever changes one of them begins anew.
std::string fingerprint_of(const Arguments& arguments) {
  const ImportArguments& import = arguments.import;
  struct stat status {};
  if (::stat(arguments.path.c_str(), &status) != 0) return {};
  std::error_code failed;
  std::string text = std::filesystem::absolute(arguments.path, failed).string();
  text += fmt::format("\n{} {} {}\n{}\n{}\n{} {} {}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                      arguments.url, arguments.run_directory, import.format, import.time_format, import.zone);
  text += fmt::format("\n{}\n{}\n{}\n{}\n{}\n{}\n{}", import.time_column, import.key_column, import.value_column,
                      import.delimiter, import.decimal_comma, import.what, import.prefix);
  for (const auto* list : {&import.units, &import.kinds, &import.labels, &import.renames, &import.only}) {
    text += fmt::format("\n[{}]", fmt::join(*list, "\n"));
  }
  return text + "\n" + import.from + "\n" + import.to;
}

// Under $XDG_STATE_HOME, else ~/.local/state; empty: nowhere, and then an import begins at its begin each time.
std::string resume_directory() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::string directory;
  if (state != nullptr && state[0] == '/') {
    directory = state;
  } else if (home != nullptr && home[0] == '/') {
    directory = std::string(home) + "/.local/state";
  }
  if (directory.empty()) return {};
  directory += "/telltale/import";
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  return failed ? std::string() : directory;
}

void print_json(const tools::ImportReport& report, bool dry, const Output& output) {
  boost::json::array series;
  for (const auto& [key, item] : report.series) {
    series.push_back({{"key", key},
                      {"readings", item.readings},
                      {"first", item.first / 1'000'000},
                      {"last", item.last / 1'000'000},
                      {"unit", item.unit},
                      {"kind", core::to_text(item.kind)}});
  }
  boost::json::array problems;
  for (const std::string& problem : report.problems) problems.emplace_back(problem);
  output.raw(boost::json::serialize(boost::json::object{{"format", tools::to_text(report.format)},
                                                        {"dry_run", dry},
                                                        {"readings", report.readings},
                                                        {"resumed", report.resumed},
                                                        {"empty", report.empty},
                                                        {"filtered", report.filtered},
                                                        {"bad", report.bad},
                                                        {"problems", std::move(problems)},
                                                        {"series", std::move(series)}}) +
             '\n');
}

void print_text(const tools::ImportReport& report, bool dry, const Output& output) {
  const auto time = [](std::int64_t ns) { return core::format_time(core::WallTime(core::Duration(ns))); };
  Table table({"SERIES", ">READINGS", "UNIT", "KIND", "FIRST", "LAST"});
  std::size_t shown = 0;
  for (const auto& [key, item] : report.series) {
    if (++shown > kShownSeries) break;
    table.add({key, std::to_string(item.readings), item.unit, std::string(core::to_text(item.kind)), time(item.first),
               time(item.last)});
  }
  table.print(output);
  if (report.series.size() > kShownSeries) {
    output.line(fmt::format("… and {} more series", report.series.size() - kShownSeries));
  }
  output.line(fmt::format("{} readings of {} series {}", report.readings, report.series.size(),
                          dry ? "would come in; nothing was changed" : "came in, and are on disk"));
  if (report.resumed > 0) output.line(fmt::format("{} were in already, of a run before", report.resumed));
  if (report.empty > 0) output.line(fmt::format("{} hold nothing and were passed over", report.empty));
  if (report.filtered > 0) output.line(fmt::format("{} were not asked for", report.filtered));
}

}  // namespace

Outcome run_import(const Arguments& arguments, const Output& output) {
  const ImportArguments& import = arguments.import;
  tools::ImportOrder order;
  order.path = arguments.path;
  order.format = format_of(import.format);
  order.csv = {import.time_column, import.key_column, import.value_column,
               import.delimiter == "tab" ? '\t' : import.delimiter.empty() ? '\0' : import.delimiter.front(),
               import.decimal_comma};
  order.time_format = import.time_format;
  order.zone = import.zone;
  order.home_assistant = {import.what != "statistics", import.what != "states"};
  auto mapping = mapping_of(import);
  if (!mapping) return mapping.error();
  order.mapping = std::move(*mapping);
  std::optional<net::Client> client;
  if (!import.dry_run) {
    auto connected = connect(arguments);
    if (!connected) return connected.error();
    client.emplace(std::move(*connected));
    order.daemon = &*client;
    const std::string fingerprint = fingerprint_of(arguments);
    const std::string directory = fingerprint.empty() ? std::string() : resume_directory();
    if (!directory.empty()) {
      order.fingerprint = hash_of(fingerprint);
      order.resume_file = directory + "/" + order.fingerprint;
      if (import.restart) ::unlink(order.resume_file.c_str());
    }
  }
  Progress progress;
  order.progress = [&](double share, std::uint64_t readings) {
    progress.show(share, fmt::format("{} readings", readings));
  };
  order.note = [&](const std::string& text) { output.note(text); };
  const auto report = tools::import_file(order);
  progress.clear();
  if (!report) {
    core::Error error = report.error();
    if (error.code == core::ErrorCode::kUnavailable) error.message += "; the same command goes on where this one ended";
    return error;
  }
  if (arguments.json) {
    print_json(*report, import.dry_run, output);
  } else {
    print_text(*report, import.dry_run, output);
  }
  for (std::size_t i = 0; i < std::min(kShownProblems, report->problems.size()); ++i) output.note(report->problems[i]);
  if (report->bad > kShownProblems) output.note(fmt::format("{} are bad in all", report->bad));
  return report->bad == 0 ? kExitDone : kExitFailed;
}

}  // namespace telltale::cli
