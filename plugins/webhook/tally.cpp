#include "plugins/webhook/tally.h"

#include <cstddef>

namespace telltale::webhook {

namespace {

Series declare(Host host, const EventSettings& event, const Labels& labels, std::string_view suffix, std::string unit,
               std::uint32_t kind, int decimals) {
  SeriesSpec spec;
  spec.name = event.name + std::string(suffix);
  spec.unit = std::move(unit);
  spec.kind = kind;
  spec.labels = labels;
  spec.decimals = decimals;
  return host.declare(spec);
}

}  // namespace

Tally::Tally(Host host, const EventSettings& event, const Labels& labels)
    : has_amount_(event.value.has_value()),
      count_(declare(host, event, labels, ".count", "", TELLTALE_KIND_COUNTER, 0)),
      per_minute_(declare(host, event, labels, ".per_minute", "1/min", TELLTALE_KIND_GAUGE, 0)) {
  if (!has_amount_) return;
  const std::string per_minute = event.unit.empty() ? "1/min" : event.unit + "/min";
  value_ = declare(host, event, labels, "", event.unit, TELLTALE_KIND_GAUGE, event.decimals);
  sum_ = declare(host, event, labels, ".sum", event.unit, TELLTALE_KIND_GAUGE, event.decimals);
  sum_per_minute_ = declare(host, event, labels, ".sum_per_minute", per_minute, TELLTALE_KIND_GAUGE, event.decimals);
}

void Tally::add(double amount, std::chrono::nanoseconds now, When when, std::vector<telltale_reading>& readings) {
  const std::int64_t number = std::chrono::floor<std::chrono::seconds>(now).count();
  Totals::Second& second = totals_.seconds.at(static_cast<std::size_t>(number) % totals_.seconds.size());
  if (second.number != number) second = {number, 0, 0};
  ++second.count;
  second.sum += amount;
  ++totals_.count;
  totals_.sum += amount;
  readings.push_back(When(now).reading(count_.number(), static_cast<double>(totals_.count), Quality::kGood));
  if (!has_amount_) return;
  readings.push_back(when.reading(value_.number(), amount, Quality::kGood));
  readings.push_back(When(now).reading(sum_.number(), totals_.sum, Quality::kGood));
}

void Tally::add_rates(std::chrono::nanoseconds now, std::vector<telltale_reading>& readings) {
  const std::int64_t newest = std::chrono::floor<std::chrono::seconds>(now).count();
  const std::int64_t oldest = newest - static_cast<std::int64_t>(totals_.seconds.size()) + 1;
  double count = 0;
  double sum = 0;
  for (const Totals::Second& second : totals_.seconds) {
    if (second.number < oldest || second.number > newest) continue;
    count += static_cast<double>(second.count);
    sum += second.sum;
  }
  readings.push_back(When(now).reading(per_minute_.number(), count, Quality::kGood));
  if (has_amount_) readings.push_back(When(now).reading(sum_per_minute_.number(), sum, Quality::kGood));
}

}  // namespace telltale::webhook
