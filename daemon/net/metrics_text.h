// The text that Prometheus scrapes, in either of its forms: its own (version 0.0.4) or OpenMetrics 1.0. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/core/latency.h"

namespace telltale::net {

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  enum class Form : unsigned char { kPrometheus, kOpenMetrics };
  enum class Type : unsigned char { kCounter, kGauge, kHistogram, kInfo };

  explicit MetricsText(Form form = Form::kPrometheus) : form_(form) {}

  // What the samples that follow are. `name` is that of the samples: of a counter it ends with `_total`, of an info
  // with `_info`; one that ends with `_seconds` or `_bytes`, or `_bytes_total`, says its unit.
  void family(std::string_view name, Type type, std::string_view help);
  void sample(double value, Labels labels = {});
  // All of a family of type kHistogram.
  void histogram(std::string_view name, std::string_view help, const core::LatencyCounts& counts);
  // Labels one by one: begin(), label()…, end().
  void begin(std::string_view suffix = {});
  void label(std::string_view name, std::string_view value);
  void end(double value);

  [[nodiscard]] std::string take();
  [[nodiscard]] static std::string_view content_type(Form form);
  // By the request's Accept field.
  [[nodiscard]] static Form form_for(std::string_view accept);

 private:
  Form form_;
  std::string out_;
  std::string name_;
  bool labels_ = false;
};

}  // namespace telltale::net
