// Readings as a host hands them to a sink, for tests of sinks.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/cpp/sink.hpp>
#include <telltale/cpp/text.hpp>

namespace telltale::test {

// Keeps what the readings point to.
class Outgoing {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  // The series of that name and these labels; the same one for the same ones.
  const telltale_series& series(std::string_view name, std::uint32_t kind = TELLTALE_KIND_GAUGE, Labels labels = {},
                                std::string_view unit = {}) {
    for (const Known& known : known_) {
      if (to_view(known.series.name) == name && known.given == labels) return known.series;
    }
    Known& made = known_.emplace_back();
    made.given = std::move(labels);
    for (const auto& [label, value] : made.given) made.labels.push_back({to_str(label), to_str(value)});
    made.name = name;
    made.unit = unit;
    made.series.name = to_str(made.name);
    made.series.unit = to_str(made.unit);
    made.series.kind = kind;
    made.series.labels = made.labels.data();
    made.series.label_count = static_cast<std::uint32_t>(made.labels.size());
    made.series.decimals = -1;
    return made.series;
  }
  Outgoing& add(const telltale_series& of, std::int64_t time, double value,
                std::uint32_t quality = TELLTALE_QUALITY_GOOD, std::string_view text = {}) {
    readings_.push_back({&of, to_str(texts_.emplace_back(text)), time, value, quality, 0});
    return *this;
  }
  Outgoing& add(std::string_view name, std::int64_t time, double value) { return add(series(name), time, value); }

  [[nodiscard]] const std::vector<telltale_outgoing>& readings() const { return readings_; }
  // Valid until the next add().
  [[nodiscard]] const telltale_batch& batch(bool live = true) {
    batch_.readings = readings_.data();
    batch_.count = static_cast<std::uint32_t>(readings_.size());
    batch_.live = live ? 1 : 0;
    ++batch_.cursor;
    return batch_;
  }
  void clear() { readings_.clear(); }

 private:
  struct Known {
    Labels given;
    std::vector<telltale_label> labels;
    std::string name;
    std::string unit;
    telltale_series series{};
  };
  std::deque<Known> known_;
  std::deque<std::string> texts_;
  std::vector<telltale_outgoing> readings_;
  telltale_batch batch_{};
};

}  // namespace telltale::test
