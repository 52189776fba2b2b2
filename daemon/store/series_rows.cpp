#include "daemon/store/series_rows.h"

#include <charconv>
#include <string>
#include <utility>

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

core::Result<std::vector<core::SeriesInfo>> load_series(Database& database) {
  auto rows =
      database.prepare("SELECT id, key, input, unit, kind, states, title, decimals, low, high FROM series ORDER BY id");
  if (!rows) return rows.error();
  std::vector<core::SeriesInfo> out;
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return out;
    core::SeriesInfo series;
    series.id.value = static_cast<std::uint32_t>(rows->integer(0));
    series.key_text = rows->text(1);
    series.input = rows->text(2);
    core::SeriesDeclaration& declaration = series.declaration;
    declaration.unit = rows->text(3);
    declaration.kind = static_cast<core::SeriesKind>(rows->integer(4) & 3);
    parse_states(rows->text(5), declaration);
    declaration.hint.title = rows->text(6);
    if (!rows->is_null(7)) declaration.hint.decimals = static_cast<int>(rows->integer(7));
    if (!rows->is_null(8) && !rows->is_null(9)) declaration.hint.range = std::pair(rows->real(8), rows->real(9));
    auto key = core::parse_series_key(series.key_text);
    if (!key) continue;  // a damaged row hides one name, not the history
    declaration.key = std::move(*key);
    out.push_back(std::move(series));
  }
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
