// A visitor that keeps everything a source hands over.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/core/interfaces/reading_source.h"

namespace telltale::test {

class Collector final : public core::SourceVisitor {
 public:
  void on_restart() override {
    ++restarts;
    series.clear();
  }
  void on_series(std::uint32_t number, const core::SeriesDeclaration& declaration) override {
    if (number == series.size()) series.push_back(declaration);
  }
  void on_readings(std::span<const telltale_reading> batch) override {
    readings.insert(readings.end(), batch.begin(), batch.end());
  }
  void on_text(const telltale_reading& reading, std::string_view text) override {
    readings.push_back(reading);
    texts.emplace_back(text);
  }
  [[nodiscard]] std::vector<double> values() const {
    std::vector<double> all;
    for (const telltale_reading& reading : readings) all.push_back(reading.value);
    return all;
  }

  int restarts = 0;
  std::vector<core::SeriesDeclaration> series;
  std::vector<telltale_reading> readings;
  std::vector<std::string> texts;
};

}  // namespace telltale::test
