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

std::string_view without(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

std::string_view type_text(MetricsText::Type type, bool open) {
  switch (type) {
    case MetricsText::Type::kCounter:
      return "counter";
    case MetricsText::Type::kHistogram:
      return "histogram";
    case MetricsText::Type::kInfo:
      return open ? "info" : "gauge";
    case MetricsText::Type::kGauge:
      break;
  }
  return "gauge";
}

}  // namespace

void MetricsText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  const bool open = form_ == Form::kOpenMetrics;
  // OpenMetrics names the family, and its samples have a suffix by their type.
  std::string_view family = name;
  if (open && type == Type::kCounter) family = without(name, "_total");
  if (open && type == Type::kInfo) family = without(name, "_info");
  const auto line = [&](std::string_view what) {
    out_ += "# ";
    out_ += what;
    out_ += ' ';
    out_ += family;
    out_ += ' ';
  };
  line("HELP");
  append_escaped(out_, help, open);
  out_ += '\n';
  line("TYPE");
  out_ += type_text(type, open);
  out_ += '\n';
  if (!open) return;
  for (const std::string_view unit : {"seconds", "bytes"}) {
    if (!family.ends_with("_" + std::string(unit))) continue;
    line("UNIT");
    out_ += unit;
    out_ += '\n';
  }
}

void MetricsText::sample(double value, Labels labels) {
  begin();
  for (const auto& [name, text] : labels) label(name, text);
  end(value);
}

void MetricsText::histogram(std::string_view name, std::string_view help, const core::LatencyCounts& counts) {
  family(name, Type::kHistogram, help);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts.buckets.size(); ++i) {
    below += counts.buckets.at(i);
    begin("_bucket");
    label("le", i < core::kLatencyBounds.size() ? core::kLatencyBounds.at(i).seconds : "+Inf");
    end(static_cast<double>(below));
  }
  begin("_sum");
  end(std::chrono::duration<double>(counts.sum).count());
  begin("_count");
  end(static_cast<double>(below));
}

std::string MetricsText::take() {
  if (form_ == Form::kOpenMetrics) out_ += "# EOF\n";
  return std::move(out_);
}

std::string_view MetricsText::content_type(Form form) {
  return form == Form::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                    : "text/plain; version=0.0.4; charset=utf-8";
}

// Who names OpenMetrics knows it; Prometheus does, and likes it better.
MetricsText::Form MetricsText::form_for(std::string_view accept) {
  return accept.find("application/openmetrics-text") != std::string_view::npos ? Form::kOpenMetrics : Form::kPrometheus;
}

void MetricsText::begin(std::string_view suffix) {
  out_ += name_;
  out_ += suffix;
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
