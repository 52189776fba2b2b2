#include "daemon/cli/tail_printer.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/cli/json.h"
#include "daemon/core/escape.h"

namespace telltale::cli {
namespace json = boost::json;
namespace {

// As serialize(), but numbers in the form that people write: 21.5, not 2.15E1.
std::string json_scalar(const json::value& value) {
  return value.is_double() ? fmt::format("{}", value.get_double()) : json::serialize(value);
}

}  // namespace

core::Result<bool> TailPrinter::take(std::string_view frame) {
  const auto parsed = parse_json(frame);
  if (!parsed) return true;
  const std::string op = text_of(*parsed, "op");
  if (op == "error") return core::make_error(core::ErrorCode::kInvalid, text_of(*parsed, "message"));
  if (op == "series") learn(*parsed);
  if (op == "data") {
    for (const json::value& row : array_of(*parsed, "rows")) {
      if (!endless_ && left_ == 0) break;
      print(row);
    }
    output_.flush();
  }
  if (op == "gap") {
    output_.note("some readings between " + time_of(*parsed, "from") + " and " + time_of(*parsed, "to") +
                 " are not shown: they came faster than they were read");
  }
  return output_.good() && (endless_ || left_ > 0);
}

void TailPrinter::learn(const json::value& frame) {
  for (const json::value& item : array_of(frame, "series")) {
    const json::value* ref = member(item, "ref");
    if (ref == nullptr || !ref->is_int64()) continue;
    series_[ref->get_int64()] = {text_of(item, "key"), text_of(item, "unit")};
  }
}

void TailPrinter::print(const json::value& row) {
  const json::array& cells = array_of(row);
  if (cells.size() < 3 || !cells[0].is_int64()) return;
  const auto found = series_.find(cells[0].get_int64());
  if (found == series_.end()) return;
  if (!endless_) --left_;
  if (json_) {
    output_.raw(fmt::format("{{\"key\":{},\"time\":{},\"value\":{}}}\n", core::json_string(found->second.key),
                            json_scalar(cells[1]), json_scalar(cells[2])));
    return;
  }
  std::vector<std::string> line{time_text(cells[1]), found->second.key, text_of(cells[2])};
  if (!found->second.unit.empty()) line.push_back(found->second.unit);
  output_.cells(line);
}

}  // namespace telltale::cli
