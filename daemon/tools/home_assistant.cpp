#include "daemon/tools/home_assistant.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

#include "daemon/store/sqlite.h"
#include "daemon/tools/import_time.h"

namespace telltale::tools {

namespace {

using store::Database;
using store::Statement;

core::Result<std::set<std::string>> columns_of(Database& database, const char* table) {
  auto rows = database.prepare("SELECT name FROM pragma_table_info(?)");
  if (!rows) return rows.error();
  rows->bind(1, std::string_view(table));
  std::set<std::string> out;
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.emplace(rows->text(0));
  }
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Microseconds are what Home Assistant keeps; a double of seconds is exact to less than half of one.
std::optional<std::int64_t> time_of(const Statement& row, int column, const ImportTime& text) {
  if (row.is_null(column)) return std::nullopt;
  if (row.type(column) == Statement::Type::kText) return text.read(row.text(column));
  const double seconds = row.real(column);
  if (!(std::abs(seconds) < 9e9)) return std::nullopt;
  return std::llround(seconds * 1e6) * 1000;
}

class HomeAssistant {
 public:
  HomeAssistant(Database database, ImportTime time, ImportSink& sink)
      : database_(std::move(database)), time_(std::move(time)), sink_(sink) {}

  core::Result<void> run(const HomeAssistantOptions& options) {
    auto states = columns_of(database_, "states");
    if (!states) return states.error();
    auto statistics = columns_of(database_, "statistics");
    if (!statistics) return statistics.error();
    if (!states->contains("state") && !statistics->contains("mean")) {
      return core::make_error(core::ErrorCode::kInvalid,
                              "this database has neither states nor statistics: it is not Home Assistant's history");
    }
    core::Result<void> done;
    const bool both = options.states && options.statistics;
    if (options.states && states->contains("state")) done = take_states(*states, both ? 0.7 : 1);
    if (done && options.statistics && statistics->contains("mean")) done = take_statistics(both ? 0.7 : 0);
    return done;
  }

 private:
  // The columns of today, or those of before.
  static std::string states_sql(const std::set<std::string>& has, bool shared, bool meta) {
    std::string sql = "SELECT s.state_id, ";
    std::string from = " FROM states s";
    if (meta && has.contains("metadata_id")) {
      sql += has.contains("entity_id") ? "coalesce(m.entity_id, s.entity_id), " : "m.entity_id, ";
      from += " LEFT JOIN states_meta m ON m.metadata_id = s.metadata_id";
    } else {
      sql += "s.entity_id, ";
    }
    sql += "s.state, ";
    if (has.contains("last_updated_ts")) {
      sql += has.contains("last_updated") ? "coalesce(s.last_updated_ts, s.last_updated), " : "s.last_updated_ts, ";
    } else {
      sql += "s.last_updated, ";
    }
    std::string attributes = has.contains("attributes") ? "s.attributes" : "NULL";
    if (shared && has.contains("attributes_id")) {
      attributes = has.contains("attributes") ? "coalesce(a.shared_attrs, s.attributes)" : "a.shared_attrs";
      from += " LEFT JOIN state_attributes a ON a.attributes_id = s.attributes_id";
    }
    for (const char* name : {"unit_of_measurement", "state_class"}) {
      sql += std::string("CASE WHEN json_valid(") + attributes + ") THEN json_extract(" + attributes + ", '$." + name +
             "') END, ";
    }
    sql.resize(sql.size() - 2);
    return sql + from + " ORDER BY s.state_id";
  }

  core::Result<void> take_states(const std::set<std::string>& has, double share) {
    auto shared = columns_of(database_, "state_attributes");
    if (!shared) return shared.error();
    auto meta = columns_of(database_, "states_meta");
    if (!meta) return meta.error();
    auto rows = database_.prepare(states_sql(has, !shared->empty(), !meta->empty()));
    if (!rows) return rows.error();
    auto last = database_.integer("SELECT max(state_id) FROM states");
    if (!last) return last.error();
    for (;;) {
      auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return {};
      if (auto taken = take_state(*rows); !taken) return taken;
      sink_.progress(share * static_cast<double>(rows->integer(0)) / static_cast<double>(std::max<std::int64_t>(1, *last)));
    }
  }

  core::Result<void> take_state(const Statement& row) {
    const ImportPlace place = "states " + std::to_string(row.integer(0));
    const std::string_view state = row.text(2);
    if (row.is_null(2) || state.empty() || state == "unknown" || state == "unavailable") {
      sink_.empty();
      return {};
    }
    const auto time = time_of(row, 3, time_);
    if (!time || row.text(1).empty()) {
      sink_.bad(place, !time ? "it has no time" : "it has no entity");
      return {};
    }
    ImportRecord record;
    record.name = row.text(1);
    record.time = *time;
    record.unit = row.text(4);
    if (const auto number = number_of(state)) {
      record.value = *number;
      if (row.text(5) == "total_increasing") record.kind = core::SeriesKind::kCounter;
    } else if (!record.unit.empty()) {  // what has a unit is a number
      sink_.bad(place, "its state is no finite number");
      return {};
    } else {
      record.value = std::string(state);
      record.kind = core::SeriesKind::kState;
    }
    return sink_.take(std::move(record), place);
  }

  core::Result<void> take_statistics(double done) {
    double share = done;
    for (const char* table : {"statistics_short_term", "statistics"}) {
      auto has = columns_of(database_, table);
      if (!has) return has.error();
      const double next = share + (1 - done) / 2;
      if (has->contains("mean")) {
        if (auto taken = take_table(table, *has, share, next); !taken) return taken;
      }
      share = next;
    }
    return {};
  }

  core::Result<void> take_table(const std::string& table, const std::set<std::string>& has, double from, double to) {
    std::string start = "s.start";
    if (has.contains("start_ts")) start = has.contains("start") ? "coalesce(s.start_ts, s.start)" : "s.start_ts";
    auto rows = database_.prepare("SELECT s.id, m.statistic_id, " + start +
                                  ", m.unit_of_measurement, s.mean, s.min, s.max, s.sum, s.state FROM " + table +
                                  " s JOIN statistics_meta m ON m.id = s.metadata_id ORDER BY s.id");
    if (!rows) return rows.error();
    auto last = database_.integer("SELECT max(id) FROM " + table);
    if (!last) return last.error();
    for (;;) {
      auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return {};
      if (auto taken = take_statistic(table, *rows); !taken) return taken;
      const auto at = static_cast<double>(rows->integer(0)) / static_cast<double>(std::max<std::int64_t>(1, *last));
      sink_.progress(from + (to - from) * at);
    }
  }

  core::Result<void> take_statistic(const std::string& table, const Statement& row) {
    static constexpr std::array<const char*, 5> kNames = {"mean", "min", "max", "sum", "state"};
    const ImportPlace place = table + " " + std::to_string(row.integer(0));
    const auto time = time_of(row, 2, time_);
    if (!time || row.text(1).empty()) {
      sink_.bad(place, !time ? "it has no time" : "it has no name");
      return {};
    }
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const int column = 4 + static_cast<int>(i);
      if (row.is_null(column)) continue;
      if (!std::isfinite(row.real(column))) {
        sink_.bad(place, std::string(kNames.at(i)) + " is no finite number");
        continue;
      }
      ImportRecord record;
      record.name = row.text(1);
      record.labels = {{"statistic", kNames.at(i)}};
      record.unit = row.text(3);
      record.time = *time;
      record.value = row.real(column);
      if (i == 3) record.kind = core::SeriesKind::kCounter;
      if (auto taken = sink_.take(std::move(record), place); !taken) return taken;
    }
    return {};
  }

  Database database_;
  const ImportTime time_;
  ImportSink& sink_;
};

}  // namespace

bool is_sqlite(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 16> head{};
  file.read(head.data(), head.size());
  return file.good() && std::string_view(head.data(), head.size()) == std::string_view("SQLite format 3\0", 16);
}

core::Result<void> import_home_assistant(const std::string& path, const HomeAssistantOptions& options,
                                         ImportSink& sink) {
  auto database = Database::open(path, Database::Access::kReadOnly, "");
  if (!database) return database.error();
  auto time = ImportTime::make("rfc3339", "UTC");
  if (!time) return time.error();
  auto done = HomeAssistant(std::move(*database), std::move(*time), sink).run(options);
  return done ? done : done.error().in(path);
}

}  // namespace telltale::tools
