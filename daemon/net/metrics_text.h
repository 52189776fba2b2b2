// The Prometheus text format (version 0.0.4): names, escapes, one # HELP and # TYPE per name. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace telltale::net {

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  enum class Type : unsigned char { kCounter, kGauge };

  // What the samples that follow are.
  void family(std::string_view name, Type type, std::string_view help);
  void sample(double value, Labels labels = {});
  // Labels one by one: begin(), label()…, end().
  void begin();
  void label(std::string_view name, std::string_view value);
  void end(double value);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::string name_;
  bool labels_ = false;
};

}  // namespace telltale::net
