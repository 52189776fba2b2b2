#include "plugins/csv/csv_sink.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "plugins/csv/rows.h"
#include "plugins/option_text/line.h"

namespace telltale::csv {

namespace {

constexpr std::size_t kLongestDirectory = 3'800;  // PATH_MAX, with room for a file's name

FileSettings settings_of(const Options& options) {
  FileSettings made;
  made.directory = option_text::line_of(options, "directory", kLongestDirectory);
  while (made.directory.size() > 1 && made.directory.ends_with('/')) made.directory.pop_back();
  if (!made.directory.starts_with('/')) throw ConfigError("directory: an absolute path, which begins with '/'");
  made.name = options.text("name");
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  };
  if (made.name.empty() || made.name.size() > 100 || made.name.front() == '.' ||
      !std::all_of(made.name.begin(), made.name.end(), plain)) {
    throw ConfigError("name: letters, digits, '_', '-' and '.'");
  }
  made.size = static_cast<std::uint64_t>(options.size("size"));
  made.daily = options.flag("daily");
  made.keep = static_cast<std::size_t>(options.integer("keep"));
  const std::string_view sync = options.text("sync");
  made.sync = sync == "batch" ? Sync::kBatch : sync == "close" ? Sync::kClose : Sync::kNever;
  made.gzip = options.flag("gzip");
  return made;
}

}  // namespace

CsvSink::CsvSink(Host host)
    : host_(host), file_(settings_of(host.options()), kHeader, [] { return std::chrono::system_clock::now(); }) {}

void CsvSink::send(const OutgoingBatch& batch, int /*stop_fd*/) {
  std::string rows;
  for (const telltale_outgoing& reading : batch.readings()) append_row(rows, reading);
  file_.append(rows);
  if (const auto more = file_.removed() - std::exchange(removed_, file_.removed()); more > 0) {
    host_.count("files.removed", more);
  }
  if (const auto more = file_.uncompressed() - std::exchange(uncompressed_, file_.uncompressed()); more > 0) {
    host_.count("files.not_compressed", more);
  }
}

}  // namespace telltale::csv
