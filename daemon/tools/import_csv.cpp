#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"
#include "daemon/tools/import_text.h"
#include "daemon/tools/text_lines.h"

namespace telltale::tools {

namespace {

constexpr std::size_t kMostColumns = 4096;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<double> number_of(std::string text, bool decimal_comma) {
  if (decimal_comma) {
    std::erase(text, '.');
    std::replace(text.begin(), text.end(), ',', '.');
  }
  std::string_view rest = trimmed(text);
  if (rest.starts_with('+')) rest.remove_prefix(1);
  double value = 0;
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (failed == std::errc::result_out_of_range) return HUGE_VAL;
  if (failed != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
  return value;
}

bool is_absent(std::string_view text) {
  const std::string word = lower(trimmed(text));
  return word.empty() || word == "nan" || word == "null" || word == "none" || word == "n/a" || word == "-";
}

char delimiter_of(std::string_view head) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char candidate : {',', ';', '\t'}) {
    const auto count = std::count(head.begin(), head.end(), candidate);
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
}

struct Series {
  std::string name;
  std::string unit;
};

// `Oil temperature [°C]` and `Oil temperature (°C)`: the name without spaces at its ends, and the unit.
Series series_of(std::string_view head) {
  head = trimmed(head);
  Series series;
  for (const auto& [open, close] : {std::pair('[', ']'), std::pair('(', ')')}) {
    const auto begin = head.rfind(open);
    if (!head.ends_with(close) || begin == std::string_view::npos || begin == 0) continue;
    series.unit = trimmed(head.substr(begin + 1, head.size() - begin - 2));
    head = trimmed(head.substr(0, begin));
    break;
  }
  series.name = head;
  for (char& c : series.name) {
    if (std::string_view(" {}\"@,=*?").find(c) != std::string_view::npos) c = '_';
  }
  return series;
}

class CsvImport {
 public:
  CsvImport(std::unique_ptr<ByteSource> source, const CsvOptions& options, const ImportTime& time, ImportSink& sink)
      : lines_(std::move(source), false), options_(options), time_(time), sink_(sink) {}

  core::Result<void> run() {
    auto head = lines_.next();
    if (!head) return head.error();
    if (!*head) return core::make_error(core::ErrorCode::kInvalid, "the file is empty");
    if (auto read = read_head((*head)->text); !read) return read;
    for (;;) {
      auto line = lines_.next();
      if (!line) return line.error();
      if (!*line) return {};
      if (auto taken = take(**line); !taken) return taken;
      const auto& source = lines_.source();
      if (source.size() > 0) {
        sink_.progress(static_cast<double>(source.position()) / static_cast<double>(source.size()));
      }
    }
  }

 private:
  core::Result<void> read_head(std::string_view line) {
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    delimiter_ = options_.delimiter != 0 ? options_.delimiter : delimiter_of(line);
    if (!split_csv(line, delimiter_, heads_) || heads_.size() < 2) {
      return core::make_error(core::ErrorCode::kInvalid,
                              "line 1: it must name the columns, such as time,oil.temperature or key,t,value");
    }
    if (heads_.size() > kMostColumns) return core::make_error(core::ErrorCode::kLimit, "line 1: too many columns");
    auto time = column(options_.time_column, {"t", "time", "timestamp", "date", "datetime", "_time", "last_changed",
                                              "last_updated"});
    if (!time) return time.error();
    auto key = column(options_.key_column, {"key", "series", "name", "entity_id"});
    if (!key) return key.error();
    auto value = column(options_.value_column, {"value", "_value", "state"});
    if (!value) return value.error();
    time_at_ = *time < heads_.size() ? *time : 0;
    if (*key < heads_.size() && *value < heads_.size()) {
      key_at_ = *key;
      value_at_ = *value;
      return {};
    }
    if (!options_.key_column.empty() || !options_.value_column.empty()) {
      return core::make_error(core::ErrorCode::kInvalid, "line 1: keys and values are columns together: name both");
    }
    for (const std::string& head : heads_) series_.push_back(series_of(head));
    return {};
  }

  // Where it is; heads_.size(): nowhere. One that was named must be there.
  core::Result<std::size_t> column(const std::string& wanted, std::initializer_list<std::string_view> usual) {
    const auto find = [this](std::string_view name) {
      return static_cast<std::size_t>(std::find_if(heads_.begin(), heads_.end(),
                                                   [&](const std::string& head) {
                                                     return trimmed(head) == name || lower(trimmed(head)) == name;
                                                   }) -
                                      heads_.begin());
    };
    if (!wanted.empty()) {
      const std::size_t at = find(wanted);
      if (at < heads_.size()) return at;
      return core::make_error(core::ErrorCode::kInvalid, "line 1: there is no column '" + wanted + "'");
    }
    for (const std::string_view name : usual) {
      if (const std::size_t at = find(name); at < heads_.size()) return at;
    }
    return heads_.size();
  }

  core::Result<void> take(const TextLines::Line& line) {
    if (line.text.empty()) return {};
    const ImportPlace place = "line " + std::to_string(line.number);
    const auto bad = [&](const std::string& why) -> core::Result<void> {
      sink_.bad(place, why);
      return {};
    };
    if (line.too_long) return bad("it is longer than 64 KiB");
    if (!split_csv(line.text, delimiter_, cells_)) return bad("a quote is out of place");
    if (cells_.size() != heads_.size()) {
      return bad("it has " + std::to_string(cells_.size()) + " cells, and the first line has " +
                 std::to_string(heads_.size()));
    }
    const auto time = time_.read(cells_[time_at_]);
    if (!time) {
      return bad("'" + core::escape_line(core::cut_utf8(cells_[time_at_], 40)) + "' is no time; --time-format says how "
                 "it is written");
    }
    if (!series_.empty()) return take_wide(*time, place);
    auto key = core::parse_series_key(cells_[key_at_]);
    if (!key) return bad(key.error().message);
    return put({std::move(key->name), std::move(key->labels), {}, core::SeriesKind::kGauge, 0.0, *time},
               cells_[value_at_], place);
  }

  core::Result<void> take_wide(std::int64_t time, const ImportPlace& place) {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (i == time_at_) continue;
      auto put_one = put({series_[i].name, {}, series_[i].unit, core::SeriesKind::kGauge, 0.0, time}, cells_[i], place);
      if (!put_one) return put_one;
    }
    return {};
  }

  core::Result<void> put(ImportRecord record, const std::string& cell, const ImportPlace& place) {
    if (is_absent(cell)) {
      sink_.empty();
      return {};
    }
    if (const auto number = number_of(cell, options_.decimal_comma)) {
      if (!std::isfinite(*number)) {
        sink_.bad(place, "'" + core::escape_line(core::cut_utf8(cell, 40)) + "' is no finite number");
        return {};
      }
      record.value = *number;
    } else {
      record.kind = core::SeriesKind::kEvent;
      record.value = cell;
    }
    return sink_.take(std::move(record), place);
  }

  TextLines lines_;
  const CsvOptions& options_;
  const ImportTime& time_;
  ImportSink& sink_;
  char delimiter_ = ',';
  std::vector<std::string> heads_;
  std::vector<Series> series_;  // of a wide file, by column
  std::size_t time_at_ = 0;
  std::size_t key_at_ = 0;
  std::size_t value_at_ = 0;
  std::vector<std::string> cells_;
};

}  // namespace

bool split_csv(std::string_view line, char delimiter, std::vector<std::string>& cells) {
  cells.clear();
  std::size_t at = 0;
  for (;;) {
    std::string cell;
    if (at < line.size() && line[at] == '"') {
      for (++at;; ++at) {
        if (at == line.size()) return false;
        if (line[at] != '"') {
          cell += line[at];
        } else if (at + 1 < line.size() && line[at + 1] == '"') {
          cell += '"';
          ++at;
        } else {
          break;
        }
      }
      ++at;
      if (at < line.size() && line[at] != delimiter) return false;
    } else {
      const std::size_t end = std::min(line.find(delimiter, at), line.size());
      cell = line.substr(at, end - at);
      at = end;
    }
    cells.push_back(std::move(cell));
    if (at == line.size()) return true;
    ++at;
  }
}

core::Result<void> import_csv(std::unique_ptr<ByteSource> source, const CsvOptions& options, const ImportTime& time,
                              ImportSink& sink) {
  return CsvImport(std::move(source), options, time, sink).run();
}

}  // namespace telltale::tools
