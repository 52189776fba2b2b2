#include "daemon/cli/json_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/cli/json.h"

namespace telltale::cli {
namespace {

bool is_time(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"time", "first", "last", "oldest", "started", "now"};
  return name.ends_with("_at") || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}
bool is_size(std::string_view name) { return name == "bytes" || name == "budget" || name.ends_with("_bytes"); }

class Printer {
 public:
  explicit Printer(bool terminal) : terminal_(terminal) {}

  void add(const std::string& path, std::string_view name, const boost::json::value& value) {
    if (value.is_object()) {
      for (const auto& item : value.get_object()) add(join(path, item.key()), item.key(), item.value());
    } else if (value.is_array()) {
      std::size_t index = 0;
      for (const auto& item : value.get_array()) add(join(path, std::to_string(index++)), name, item);
    } else {
      table_.add({path, scalar(name, value)});
    }
  }
  void print(const Output& output) const { table_.print(output); }

 private:
  static std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + '.' + std::string(name);
  }
  [[nodiscard]] std::string scalar(std::string_view name, const boost::json::value& value) const {
    if (value.is_number() && is_time(name)) return time_text(value);
    if (value.is_number() && is_size(name) && terminal_) return size_text(value.to_number<double>());
    return text_of(value);
  }

  bool terminal_;
  Table table_{{"WHAT", "VALUE"}};
};

}  // namespace

std::string size_text(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"bytes", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} {}", bytes, kUnits[unit]) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

void print_json_text(const boost::json::value& document, const Output& output,
                     const std::vector<std::string>& without) {
  Printer printer(output.terminal());
  if (document.is_object()) {
    for (const auto& item : document.get_object()) {
      if (std::find(without.begin(), without.end(), std::string_view(item.key())) == without.end()) {
        printer.add(item.key(), item.key(), item.value());
      }
    }
  } else {
    printer.add({}, {}, document);
  }
  printer.print(output);
}

}  // namespace telltale::cli
