#include "plugins/influx/lines.h"

#include <string_view>

#include <telltale/cpp/text.hpp>

#include "plugins/outgoing/reading_text.h"

namespace telltale::influx {

namespace {

// A backslash before what would end it; a newline cannot be said in a tag, and becomes a space. One at the end would
// escape what follows.
void append_escaped(std::string& out, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += "\\ ";
      continue;
    }
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  if (!text.empty() && text.back() == '\\') out += "\\ ";
}

void append_tag(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;  // the protocol has no empty tag
  out += ',';
  append_escaped(out, name, ",= ");
  out += '=';
  append_escaped(out, value, ",= ");
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

bool append_line(std::string& out, const telltale_outgoing& reading) {
  const telltale_series& series = *reading.series;
  if (!outgoing::has_value(reading)) return false;
  append_escaped(out, to_view(series.name), ", ");
  for (std::uint32_t i = 0; i < series.label_count; ++i) {
    append_tag(out, to_view(series.labels[i].name), to_view(series.labels[i].value));
  }
  append_tag(out, "unit", to_view(series.unit));
  out += " value=";
  if (series.kind == TELLTALE_KIND_EVENT) {
    append_text(out, to_view(reading.text));
  } else {
    outgoing::append_number(out, reading.value);
  }
  if (series.kind == TELLTALE_KIND_STATE && reading.text.size > 0) {
    out += ",state=";
    append_text(out, to_view(reading.text));
  }
  out += ' ';
  out += std::to_string(reading.time);
  out += '\n';
  return true;
}

}  // namespace telltale::influx
