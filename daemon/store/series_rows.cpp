#include "daemon/store/series_rows.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>

#include "daemon/store/row_scan.h"

namespace telltale::store {

namespace {

// One state per line, "value name": names have no control characters.
std::string states_text(const core::SeriesDeclaration& declaration) {
  std::string text;
  for (const auto& [value, name] : declaration.states) {
    text += std::to_string(value) + " " + name + "\n";
  }
  return text;
}

void parse_states(std::string_view text, core::SeriesDeclaration& declaration) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    const auto used = static_cast<std::size_t>(end - line.data());
    if (error == std::errc() && used < line.size()) declaration.states.emplace_back(value, line.substr(used + 1));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
}

}  // namespace

namespace {

// Ids that have readings but whose rows are lost: they must not be given to others, and their readings stay readable.
core::Result<void> add_nameless(Database& database, std::vector<core::SeriesInfo>& series) {
  std::set<std::uint32_t> known;
  for (const core::SeriesInfo& info : series) known.insert(info.id.value);
  RowScan rows(database, "span", "first", 0);
  for (;;) {
    auto row = rows.next();
    if (!row) return row.error();
    if (!*row) break;
    core::SeriesInfo info;
    info.id.value = static_cast<std::uint32_t>(rows.row().integer(0));
    if (!known.insert(info.id.value).second) continue;
    info.key_text = "lost.series_" + std::to_string(info.id.value);
    info.input = "lost";
    info.declaration.key.name = info.key_text;
    series.push_back(std::move(info));
  }
  std::sort(series.begin(), series.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return {};
}

core::SeriesInfo series_of(const Statement& row) {
  core::SeriesInfo series;
  series.id.value = static_cast<std::uint32_t>(row.integer(0));
  series.key_text = row.text(1);
  series.input = row.text(2);
  core::SeriesDeclaration& declaration = series.declaration;
  declaration.unit = row.text(3);
  declaration.kind = static_cast<core::SeriesKind>(row.integer(4) & 3);
  parse_states(row.text(5), declaration);
  declaration.hint.title = row.text(6);
  if (!row.is_null(7)) declaration.hint.decimals = static_cast<int>(row.integer(7));
  if (!row.is_null(8) && !row.is_null(9)) declaration.hint.range = std::pair(row.real(8), row.real(9));
  return series;
}

}  // namespace

core::Result<std::vector<core::SeriesInfo>> load_series(Database& database) {
  RowScan rows(database, "series", "key, input, unit, kind, states, title, decimals, low, high", 0);
  std::vector<core::SeriesInfo> out;
  bool damaged = false;
  for (;;) {
    auto row = rows.next([&](const RowScan::Gap&) { damaged = true; });
    if (!row) return row.error();
    if (!*row) break;
    core::SeriesInfo series = series_of(rows.row());
    auto key = core::parse_series_key(series.key_text);
    if (!key) {  // a damaged row hides one name, not the history
      damaged = true;
      continue;
    }
    series.declaration.key = std::move(*key);
    out.push_back(std::move(series));
  }
  if (damaged) {
    if (auto added = add_nameless(database, out); !added) return added.error();
  }
  return out;
}

core::Result<void> save_series(Database& database, const core::SeriesInfo& series) {
  auto insert = database.prepare("INSERT OR REPLACE INTO series VALUES(?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return insert.error();
  const core::SeriesDeclaration& declaration = series.declaration;
  const std::string states = states_text(declaration);
  insert->bind(1, static_cast<std::int64_t>(series.id.value)).bind(2, std::string_view(series.key_text));
  insert->bind(3, std::string_view(series.input)).bind(4, std::string_view(declaration.unit));
  insert->bind(5, static_cast<std::int64_t>(declaration.kind)).bind(6, std::string_view(states));
  insert->bind(7, std::string_view(declaration.hint.title));
  if (declaration.hint.decimals) insert->bind(8, static_cast<std::int64_t>(*declaration.hint.decimals));
  if (declaration.hint.range) insert->bind(9, declaration.hint.range->first);
  if (declaration.hint.range) insert->bind(10, declaration.hint.range->second);
  return insert->run();
}

}  // namespace telltale::store
