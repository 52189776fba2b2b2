// telltale export
#include <optional>

#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/progress.h"
#include "daemon/tools/export.h"
#include "daemon/tools/fresh_file.h"

namespace telltale::cli {

Outcome run_export(const Arguments& arguments, const Output& output) {
  auto client = connect(arguments);
  if (!client) return client.error();
  std::optional<tools::FreshFile> file;
  if (!arguments.path.empty() && arguments.path != "-") {
    auto made = tools::FreshFile::at(arguments.path, arguments.force ? tools::FreshFile::Existing::kReplace
                                                                     : tools::FreshFile::Existing::kRefuse);
    if (!made) return made.error();
    file.emplace(std::move(*made));
    if (auto created = file->create(0644); !created) return created.error();
  }
  Progress progress;
  core::Result<void> written;
  tools::ExportOrder order;
  order.selectors = arguments.globs;
  order.from = arguments.export_from;
  order.to = arguments.export_to;
  order.format = arguments.export_format;
  order.time = arguments.time_form;
  order.now = core::SystemClock().wall_now();
  order.sink = [&](std::string_view text) {
    if (file) {
      written = file->write(text);
      return written.has_value();
    }
    output.raw(text);
    return output.good();
  };
  order.progress = [&](double share, std::uint64_t rows) { progress.show(share, fmt::format("{} readings", rows)); };
  const auto report = tools::export_history(*client, order);
  progress.clear();
  if (!written) return written.error();
  if (!report) return report.error();
  if (file) {
    if (auto kept = file->keep(); !kept) return kept.error();
    output.note(fmt::format("{}: {} readings of {} series", arguments.path, report->rows, report->series));
  }
  if (report->damaged > 0) {
    output.note("a part of the history could not be read and is missing: `telltale verify` says which");
    return kExitFailed;
  }
  return kExitDone;
}

}  // namespace telltale::cli
