// What is counted of one kind of event with one set of labels: number and sum since the input began, and of the last
// minute by the second. Owned by the input; one thread at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <telltale/cpp/host.hpp>

#include "plugins/webhook/settings.h"

namespace telltale::webhook {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Tally {
 public:
  // Declares its series; throws ConfigError when the host refuses a name or label.
  Tally(Host host, const EventSettings& event, const Labels& labels);

  // One more, of that amount, which arrived at `now` and happened at `when`: its readings are put into `readings`.
  void add(double amount, std::chrono::nanoseconds now, When when, std::vector<telltale_reading>& readings);
  // Number and sum of the minute before `now`.
  void add_rates(std::chrono::nanoseconds now, std::vector<telltale_reading>& readings);

  // To undo what was added: the readings could not be published.
  struct Totals {
    struct Second {
      std::int64_t number = -1;  // since boot
      std::uint64_t count = 0;
      double sum = 0;
    };
    std::uint64_t count = 0;
    double sum = 0;
    std::array<Second, 60> seconds{};
  };
  [[nodiscard]] const Totals& totals() const { return totals_; }
  void restore(const Totals& totals) { totals_ = totals; }

 private:
  bool has_amount_;
  Series value_;
  Series count_;
  Series sum_;
  Series per_minute_;
  Series sum_per_minute_;
  Totals totals_;
};

}  // namespace telltale::webhook
