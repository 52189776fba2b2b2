#include "daemon/net/query_text.h"

#include <algorithm>
#include <cmath>

#include "daemon/core/units.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/live_row.h"

namespace telltale::net {

namespace {

// One column of a series: its name, and where its cells are.
struct Column {
  std::string name;
  const std::vector<double>* numbers = nullptr;  // none: texts
  bool states = false;                           // shown by their names
};

// An event's text is its value.
std::vector<Column> columns_of(const core::HistorySeries& series) {
  std::vector<Column> columns;
  const auto kind = series.series->declaration.kind;
  const bool texts = kind == core::SeriesKind::kEvent && series.texts.size() == series.times.size();
  if (texts && (!series.texts.empty() || series.names.empty())) columns.push_back({"value", nullptr, false});
  for (std::size_t i = 0; i < series.names.size() && i < series.values.size(); ++i) {
    if (series.values[i].size() != series.times.size()) continue;
    if (series.names[i] == "value" && !columns.empty()) continue;
    columns.push_back(
        {series.names[i], &series.values[i], kind == core::SeriesKind::kState && series.names[i] == "value"});
  }
  return columns;
}

void append_cell(std::string& out, const core::HistorySeries& series, const Column& column, std::size_t row) {
  if (column.numbers == nullptr) return append_json_text(out, series.texts[row]);
  if (column.states) return append_value(out, *series.series, false, (*column.numbers)[row], {});
  append_number(out, (*column.numbers)[row]);
}

void append_time(std::string& out, core::WallTime time, TimeForm form, bool quoted) {
  switch (form) {
    case TimeForm::kMilliseconds:
      return append_integer(out, core::to_ms(time));
    case TimeForm::kNanoseconds:
      return append_integer(out, time.time_since_epoch().count());
    case TimeForm::kText:
      break;
  }
  if (quoted) out += '"';
  out += core::format_time(time);
  if (quoted) out += '"';
}

// Only where there is something to say.
void append_uncertain(JsonWriter& json, std::string& out, const std::vector<core::SeriesSpan>& spans, TimeForm form) {
  if (spans.empty()) return;
  json.key("uncertain").begin_array();
  for (const core::SeriesSpan& span : spans) {
    json.begin_array();
    append_time(out, span.first, form, true);
    out += ',';
    append_time(out, span.last, form, true);
    json.end_array();
  }
  json.end_array();
}

std::string json_text(const core::HistoryResult& result, TimeForm form) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().integer("from", core::to_ms(result.from)).integer("to", core::to_ms(result.to));
  json.number("step", static_cast<double>(result.step.count()) / 1e6);
  if (result.damaged > 0) json.count("damaged", result.damaged);
  json.key("series").begin_array();
  for (const core::HistorySeries& series : result.series) {
    const auto columns = columns_of(series);
    json.begin_object().text("key", series.series->key_text).text("unit", series.series->declaration.unit);
    json.key("columns").begin_array().text("t");
    for (const Column& column : columns) json.text(column.name);
    json.end_array();
    append_uncertain(json, out, series.uncertain, form);
    json.key("data").begin_array().begin_array();
    for (std::size_t row = 0; row < series.times.size(); ++row) {
      if (row != 0) out += ',';
      append_time(out, series.times[row], form, true);
    }
    json.end_array();
    for (const Column& column : columns) {
      json.begin_array();
      for (std::size_t row = 0; row < series.times.size(); ++row) {
        if (row != 0) out += ',';
        append_cell(out, series, column, row);
      }
      json.end_array();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return out;
}

void append_csv_text(std::string& out, std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_csv_cell(std::string& out, const core::HistorySeries& series, const Column& column, std::size_t row) {
  if (column.numbers == nullptr) return append_csv_text(out, series.texts[row]);
  const double value = (*column.numbers)[row];
  if (!std::isfinite(value)) return;  // absent: an empty cell
  const auto name = column.states ? series.series->state_name(value) : std::nullopt;
  if (name) {
    append_csv_text(out, *name);
  } else {
    append_number(out, value);
  }
}

std::string csv_text(const core::HistoryResult& result, TimeForm form) {
  std::vector<std::string> header;
  for (const core::HistorySeries& series : result.series) {
    for (const Column& column : columns_of(series)) {
      if (std::find(header.begin(), header.end(), column.name) == header.end()) header.push_back(column.name);
    }
  }
  std::string out = "key,t";
  for (const std::string& name : header) out += "," + name;
  out += "\r\n";
  for (const core::HistorySeries& series : result.series) {
    const auto columns = columns_of(series);
    std::string key;
    append_csv_text(key, series.series->key_text);
    for (std::size_t row = 0; row < series.times.size(); ++row) {
      out += key;
      out += ',';
      append_time(out, series.times[row], form, false);
      for (const std::string& name : header) {
        out += ',';
        const auto column =
            std::find_if(columns.begin(), columns.end(), [&](const Column& item) { return item.name == name; });
        if (column != columns.end()) append_csv_cell(out, series, *column, row);
      }
      out += "\r\n";
    }
  }
  return out;
}

std::string ndjson_text(const core::HistoryResult& result, TimeForm form) {
  std::string out;
  for (const core::HistorySeries& series : result.series) {
    const auto columns = columns_of(series);
    std::string begin = "{\"key\":";
    append_json_text(begin, series.series->key_text);
    begin += ",\"t\":";
    for (std::size_t row = 0; row < series.times.size(); ++row) {
      out += begin;
      append_time(out, series.times[row], form, true);
      for (const Column& column : columns) {
        out += ',';
        append_json_text(out, column.name);
        out += ':';
        append_cell(out, series, column, row);
      }
      out += "}\n";
    }
  }
  return out;
}

void append_escaped(std::string& out, std::string_view text, std::string_view specials) {
  for (const char c : text) {
    if (specials.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
}

// Measurement and tags of a series in line protocol.
std::string line_head(const core::SeriesInfo& series) {
  std::string out;
  append_escaped(out, series.declaration.key.name, ", ");
  for (const auto& [name, value] : series.declaration.key.labels) {
    if (value.empty()) continue;  // there is no such tag
    out += ',';
    append_escaped(out, name, ",= ");
    out += '=';
    append_escaped(out, value, ",= ");
  }
  return out;
}

bool append_line_field(std::string& out, const core::HistorySeries& series, const Column& column, std::size_t row) {
  if (column.numbers != nullptr) {
    const double value = (*column.numbers)[row];
    if (!std::isfinite(value)) return false;
    append_escaped(out, column.name, ",= ");
    out += '=';
    append_number(out, value);
    return true;
  }
  if (series.texts[row].empty()) return false;
  append_escaped(out, column.name, ",= ");
  out += "=\"";
  append_escaped(out, series.texts[row], "\"\\");
  out += '"';
  return true;
}

std::string lines_text(const core::HistoryResult& result) {
  std::string out;
  for (const core::HistorySeries& series : result.series) {
    const auto columns = columns_of(series);
    const std::string head = line_head(*series.series);
    for (std::size_t row = 0; row < series.times.size(); ++row) {
      const std::size_t begin = out.size();
      out += head;
      char separator = ' ';
      for (const Column& column : columns) {
        out += separator;
        if (append_line_field(out, series, column, row)) {
          separator = ',';
        } else {
          out.pop_back();
        }
      }
      if (separator == ' ') {
        out.resize(begin);  // absent
        continue;
      }
      out += ' ';
      append_integer(out, series.times[row].time_since_epoch().count());
      out += '\n';
    }
  }
  return out;
}

}  // namespace

std::string query_text(const core::HistoryResult& result, QueryFormat format, TimeForm time) {
  switch (format) {
    case QueryFormat::kJson:
      return json_text(result, time);
    case QueryFormat::kCsv:
      return csv_text(result, time);
    case QueryFormat::kNdjson:
      return ndjson_text(result, time);
    case QueryFormat::kLines:
      return lines_text(result);
  }
  return {};
}

std::string_view query_content_type(QueryFormat format) {
  switch (format) {
    case QueryFormat::kJson:
      return "application/json";
    case QueryFormat::kCsv:
      return "text/csv; charset=utf-8; header=present";
    case QueryFormat::kNdjson:
      return "application/x-ndjson";
    case QueryFormat::kLines:
      return "text/plain; charset=utf-8";
  }
  return {};
}

}  // namespace telltale::net
