#include "daemon/tools/import.h"

#include <algorithm>
#include <charconv>

#include <unistd.h>

#include "daemon/core/escape.h"
#include "daemon/tools/fresh_file.h"
#include "daemon/tools/import_batches.h"

namespace telltale::tools {

namespace {

constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kMostProblemBytes = 300;
constexpr std::size_t kMostSeries = 100'000;
constexpr std::size_t kProgressEvery = 1024;

class Import final : public ImportSink {
 public:
  explicit Import(const ImportOrder& order) : order_(order) {
    if (order.daemon != nullptr) {
      batches_.emplace(*order.daemon, [this](const std::string& why) { bad("the daemon refused", why); });
    }
  }

  core::Result<ImportReport> run() {
    auto format = detect();
    if (!format) return format.error();
    report_.format = *format;
    if (auto skip = read_resume(); !skip) return skip.error();
    auto time = ImportTime::make(order_.time_format, order_.zone);
    if (!time) return time.error();
    auto done = read(*format, *time);
    // What came before a file that breaks off is as good as ever.
    if (batches_) {
      auto flushed = flush();
      if (!flushed) return flushed.error();
    }
    if (!done && done.error().code != core::ErrorCode::kCorrupt) return done.error();
    if (!done) bad("the file", done.error().text());
    if (done && !order_.resume_file.empty()) ::unlink(order_.resume_file.c_str());
    return std::move(report_);
  }

  core::Result<void> take(ImportRecord record, const ImportPlace& place) override {
    ++seen_;
    if (seen_ <= skip_) {
      ++report_.resumed;
      return {};
    }
    if (seen_ % kProgressEvery == 0 && order_.progress) order_.progress(share_, report_.readings);
    core::SeriesKey original;
    if (auto key = core::make_series_key(record.name, record.labels)) {
      original = std::move(*key);
    } else {
      bad(place, key.error().text());
      return {};
    }
    if (!wanted(original, record.time)) {
      ++report_.filtered;
      return {};
    }
    map(original, record);
    auto key = core::make_series_key(record.name, record.labels);
    if (!key || !sayable(*key)) {
      bad(place, key ? "a name or label ends with a backslash" : key.error().text());
      return {};
    }
    record.name = key->name;
    record.labels = key->labels;
    if (!count(key->text(), record)) {
      bad(place, "there are more than " + std::to_string(kMostSeries) + " series");
      return {};
    }
    if (!batches_) return {};
    batches_->add(record);
    return batches_->full() ? flush() : core::Result<void>();
  }

  void bad(const ImportPlace& place, const std::string& why) override {
    ++report_.bad;
    if (report_.problems.size() >= kMostProblems) return;
    std::string text = core::escape_line(place + ": " + why);
    text.resize(std::min(text.size(), kMostProblemBytes));
    report_.problems.push_back(std::move(text));
  }
  void empty() override { ++report_.empty; }
  void progress(double share) override { share_ = share; }

 private:
  core::Result<ImportFormat> detect() {
    if (order_.format != ImportFormat::kAuto) return order_.format;
    if (order_.path == "-") {
      return core::make_error(core::ErrorCode::kInvalid, "say with --format what comes through the pipe");
    }
    if (is_sqlite(order_.path)) return ImportFormat::kHomeAssistant;
    auto source = ByteSource::open(order_.path);
    if (!source) return source.error();
    std::string piece;
    if (auto read = (*source)->next(piece); !read) return read.error().in(order_.path);
    const std::string_view line = std::string_view(piece).substr(0, piece.find('\n'));
    // `measurement,tag=value field=1 …`: an equals sign, and a space before it or behind it, that no heading has.
    const bool lines = line.find('=') != std::string_view::npos && line.find(' ') != std::string_view::npos;
    const bool comment = line.starts_with('#');
    return lines || comment ? ImportFormat::kLines : ImportFormat::kCsv;
  }

  core::Result<void> read(ImportFormat format, const ImportTime& time) {
    if (format == ImportFormat::kHomeAssistant) {
      return import_home_assistant(order_.path, order_.home_assistant, *this);
    }
    auto source = ByteSource::open(order_.path);
    if (!source) return source.error();
    if (format == ImportFormat::kCsv) return import_csv(std::move(*source), order_.csv, time, *this);
    std::int64_t unit = 1;
    if (order_.time_format == "s") unit = 1'000'000'000;
    if (order_.time_format == "ms") unit = 1'000'000;
    if (order_.time_format == "us") unit = 1'000;
    return import_lines(std::move(*source), unit, *this);
  }

  [[nodiscard]] bool wanted(const core::SeriesKey& key, std::int64_t time) const {
    const ImportMapping& mapping = order_.mapping;
    if (time < mapping.from || time >= mapping.to) return false;
    return mapping.only.empty() || std::any_of(mapping.only.begin(), mapping.only.end(),
                                               [&](const core::Selector& selector) { return selector.matches(key); });
  }

  void map(const core::SeriesKey& key, ImportRecord& record) const {
    const ImportMapping& mapping = order_.mapping;
    for (const auto& [selector, unit] : mapping.units) {
      if (!selector.matches(key)) continue;
      record.unit = unit;
      break;
    }
    for (const auto& [selector, kind] : mapping.kinds) {
      if (!selector.matches(key)) continue;
      record.kind = kind;
      break;
    }
    for (const auto& [from, to] : mapping.renames) {
      if (record.name == from) record.name = to;
    }
    record.name = mapping.prefix + record.name;
    for (const auto& label : mapping.labels) {
      const bool has = std::any_of(record.labels.begin(), record.labels.end(),
                                   [&](const auto& own) { return own.first == label.first; });
      if (!has) record.labels.push_back(label);
    }
  }

  // Line protocol cannot say a backslash before what ends a name.
  static bool sayable(const core::SeriesKey& key) {
    return !key.name.ends_with('\\') && std::none_of(key.labels.begin(), key.labels.end(), [](const auto& label) {
      return label.first.ends_with('\\') || label.second.ends_with('\\');
    });
  }

  bool count(const std::string& key, const ImportRecord& record) {
    auto found = report_.series.find(key);
    if (found == report_.series.end()) {
      if (report_.series.size() >= kMostSeries) return false;
      found = report_.series.emplace(key, ImportSeries{}).first;
      found->second.unit = record.unit;
      found->second.kind = record.kind;
    }
    ImportSeries& series = found->second;
    ++series.readings;
    series.first = std::min(series.first, record.time);
    series.last = std::max(series.last, record.time);
    ++report_.readings;
    return true;
  }

  // What a run before this one has posted of the same order. Something else in the file begins anew.
  core::Result<void> read_resume() {
    if (order_.resume_file.empty()) return {};
    const auto text = read_small_file(order_.resume_file, 4096);
    if (!text || !text->starts_with(order_.fingerprint + "\n")) return {};
    const std::string number = text->substr(order_.fingerprint.size() + 1);
    std::from_chars(number.data(), number.data() + number.size(), skip_);
    if (skip_ > 0 && order_.note) {
      order_.note("going on behind the first " + std::to_string(skip_) + " readings, which are in already; --restart "
                  "begins anew");
    }
    return {};
  }

  core::Result<void> flush() {
    if (auto flushed = batches_->flush(); !flushed) return flushed;
    if (order_.resume_file.empty() || seen_ <= skip_) return {};
    auto file = FreshFile::at(order_.resume_file, FreshFile::Existing::kReplace);
    if (!file) return file.error();
    auto done = file->create(0600);
    if (done) done = file->write(order_.fingerprint + "\n" + std::to_string(seen_) + "\n");
    return done ? file->keep() : done;
  }

  const ImportOrder& order_;
  ImportReport report_;
  std::optional<ImportBatches> batches_;
  std::uint64_t seen_ = 0;
  std::uint64_t skip_ = 0;
  double share_ = 0;
};

}  // namespace

core::Result<ImportReport> import_file(const ImportOrder& order) { return Import(order).run(); }

std::string_view to_text(ImportFormat format) {
  switch (format) {
    case ImportFormat::kCsv:
      return "csv";
    case ImportFormat::kLines:
      return "lines";
    case ImportFormat::kHomeAssistant:
      return "home-assistant";
    case ImportFormat::kAuto:
      break;
  }
  return "auto";
}

}  // namespace telltale::tools
