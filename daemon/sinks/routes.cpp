#include "daemon/sinks/routes.h"

#include <algorithm>
#include <memory>
#include <string_view>

namespace telltale::sinks {

namespace {

constexpr std::string_view kStatLabel = "stat";

std::vector<core::Selector> parsed(const std::vector<std::string>& texts) {
  std::vector<core::Selector> selectors;
  for (const std::string& text : texts) {
    if (auto selector = core::Selector::parse(text)) selectors.push_back(std::move(*selector));
  }
  return selectors;
}

bool any_matches(const std::vector<core::Selector>& selectors, const core::SeriesKey& key) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const core::Selector& selector) { return selector.matches(key); });
}

}  // namespace

Routes::Routes(const core::Catalog& catalog, const core::SinkConfig& config, const core::Logger& log)
    : catalog_(catalog),
      config_(config),
      log_(log),
      wanted_(parsed(config.series)),
      unwanted_(parsed(config.exclude)) {}

bool Routes::chooses(const core::SeriesInfo& series) const {
  const core::SeriesKey& key = series.declaration.key;
  return any_matches(wanted_, key) && !any_matches(unwanted_, key);
}

void Routes::refresh() {
  const std::uint64_t generation = catalog_.generation();
  if (generation == generation_) return;
  generation_ = generation;
  routes_.clear();
}

core::SeriesPtr Routes::of(core::SeriesId id) {
  const auto found = routes_.find(id);
  if (found != routes_.end()) return found->second;
  const core::SeriesPtr series = catalog_.find(id);
  core::SeriesPtr out = series != nullptr && chooses(*series) ? shown(series) : nullptr;
  routes_.emplace(id, out);
  return out;
}

std::vector<core::SeriesPtr> Routes::chosen() const {
  std::vector<core::SeriesPtr> all;
  for (const core::Selector& selector : wanted_) {
    for (core::SeriesPtr& series : catalog_.match(selector)) {
      if (!any_matches(unwanted_, series->declaration.key)) all.push_back(std::move(series));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id == b->id; }),
            all.end());
  return all;
}

std::uint64_t Routes::count() const {
  return static_cast<std::uint64_t>(
      std::count_if(routes_.begin(), routes_.end(), [](const auto& route) { return route.second != nullptr; }));
}

// The first that fits; `a.*` keeps what the star stands for.
std::string Routes::renamed(const std::string& name) const {
  for (const auto& [from, to] : config_.rename) {
    if (name == from) return to;
    if (!from.ends_with('*')) continue;
    const std::string_view head = std::string_view(from).substr(0, from.size() - 1);
    if (name.starts_with(head)) return to.substr(0, to.size() - 1) + name.substr(head.size());
  }
  return name;
}

void Routes::refuse(const core::SeriesInfo& series, const std::string& why) {
  if (refused_.insert(series.id).second) log_.error("{} is not sent: {}", series.key_text, why);
}

core::SeriesPtr Routes::make(const core::SeriesInfo& series, std::optional<core::Stat> stat) {
  core::SeriesKey key = series.declaration.key;
  if (stat) {
    std::erase_if(key.labels, [](const auto& label) { return label.first == kStatLabel; });
    key.labels.emplace_back(kStatLabel, core::to_text(*stat));
  }
  for (const auto& label : config_.labels) {
    const bool has =
        std::any_of(key.labels.begin(), key.labels.end(), [&](const auto& own) { return own.first == label.first; });
    if (!has && key.labels.size() < core::kMaxLabels) key.labels.push_back(label);
  }
  auto made = core::make_series_key(renamed(key.name), std::move(key.labels));
  if (!made) {
    refuse(series, made.error().message);
    return nullptr;
  }
  auto other = std::make_shared<core::SeriesInfo>(series);
  other->declaration.key = std::move(*made);
  other->key_text = other->declaration.key.text();
  if (stat == core::Stat::kCount) other->declaration.unit.clear();
  if (stat) other->declaration.kind = core::SeriesKind::kGauge;
  const auto owner = owners_.emplace(other->key_text, series.id).first->second;
  if (owner == series.id) return other;
  refuse(series, "another series goes out as " + other->key_text);
  return nullptr;
}

core::SeriesPtr Routes::shown(const core::SeriesPtr& series, std::optional<core::Stat> stat) {
  const std::uint64_t number = stat ? 1 + static_cast<std::uint64_t>(*stat) : 0;
  Shown& known = shown_[std::uint64_t{series->id.value} << 8U | number];
  if (known.of == series) return known.as;
  known = {series, make(*series, stat)};
  return known.as;
}

}  // namespace telltale::sinks
