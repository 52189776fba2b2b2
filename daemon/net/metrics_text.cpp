#include "daemon/net/metrics_text.h"

#include <cmath>

#include "daemon/net/json_writer.h"

namespace telltale::net {

namespace {

void append_escaped(std::string& out, std::string_view text, bool quote) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quote) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

void append_metric_value(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    append_number(out, value);
  }
}

}  // namespace

void MetricsText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  out_ += "# HELP ";
  out_ += name;
  out_ += ' ';
  append_escaped(out_, help, false);
  out_ += "\n# TYPE ";
  out_ += name;
  out_ += type == Type::kCounter ? " counter\n" : " gauge\n";
}

void MetricsText::sample(double value, Labels labels) {
  begin();
  for (const auto& [name, text] : labels) label(name, text);
  end(value);
}

void MetricsText::begin() {
  out_ += name_;
  labels_ = false;
}

void MetricsText::label(std::string_view name, std::string_view value) {
  out_ += labels_ ? ',' : '{';
  labels_ = true;
  out_ += name;
  out_ += "=\"";
  append_escaped(out_, value, true);
  out_ += '"';
}

void MetricsText::end(double value) {
  if (labels_) out_ += '}';
  out_ += ' ';
  append_metric_value(out_, value);
  out_ += '\n';
}

}  // namespace telltale::net
