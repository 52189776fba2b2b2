#include "daemon/rules/backfill.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace telltale::rules {

namespace {

// Only the inputs, and what is made.
class PastCatalog final : public core::Catalog {
 public:
  explicit PastCatalog(std::vector<core::SeriesPtr> series) : series_(std::move(series)) {}
  [[nodiscard]] std::uint64_t generation() const override { return 1; }
  [[nodiscard]] std::vector<core::SeriesPtr> match(const core::Selector& selector) const override {
    std::vector<core::SeriesPtr> found;
    std::copy_if(series_.begin(), series_.end(), std::back_inserter(found),
                 [&](const core::SeriesPtr& one) { return selector.matches(one->declaration.key); });
    return found;
  }
  [[nodiscard]] core::SeriesPtr find(core::SeriesId id) const override {
    const auto found =
        std::find_if(series_.begin(), series_.end(), [id](const core::SeriesPtr& one) { return one->id == id; });
    return found == series_.end() ? nullptr : *found;
  }

 private:
  std::vector<core::SeriesPtr> series_;
};

}  // namespace

// The past in place of the pipeline: its clock is at the newest reading that was fed, and an hour before the first all
// had begun, so that a sum does not wait.
class Backfill::Port final : public core::PassPort {
 public:
  Port(std::vector<core::SeriesPtr> inputs, Take take) : catalog_(std::move(inputs)), take_(std::move(take)) {}

  [[nodiscard]] const core::Catalog& catalog() const override { return catalog_; }
  [[nodiscard]] core::WallTime wall_now() const override { return now_; }
  [[nodiscard]] core::BootTime boot_now() const override { return core::BootTime(std::chrono::hours(1)); }
  [[nodiscard]] std::optional<Newest> newest(core::SeriesId) const override { return std::nullopt; }
  [[nodiscard]] double window(core::SeriesId series, core::WindowStat stat, core::WallTime at) const override {
    const auto found = windows_.find(series);
    if (found == windows_.end()) return std::numeric_limits<double>::quiet_NaN();
    for (Window& one : found->second) {
      if (!(one.stat == stat)) continue;
      one.at = std::max(one.at, at);  // it only goes on
      return one.rolling.at(one.at);
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
  [[nodiscard]] bool windows_ready() const override { return true; }
  void follow(core::SeriesId, bool) override {}
  [[nodiscard]] core::SeriesPtr declare(std::string_view input, const core::SeriesDeclaration& declaration) override {
    auto info = std::make_shared<core::SeriesInfo>();
    info->id = core::SeriesId{next_++};
    info->key_text = declaration.key.text();
    info->input = input;
    info->declaration = declaration;
    made_[info->id] = info;
    return info;
  }
  void put(const core::Reading& reading, std::string_view) override {
    const auto series = made_.find(reading.series);
    if (series != made_.end() && std::isfinite(reading.value)) take_(*series->second, reading);
  }

  void want(core::SeriesId series, core::WindowStat stat) {
    auto& all = windows_[series];
    const auto same = [&](const Window& one) { return one.stat == stat; };
    if (std::any_of(all.begin(), all.end(), same)) return;
    const core::SeriesPtr known = catalog_.find(series);
    all.push_back({stat, core::Rolling({stat, core::Closed::kRight, 0, known ? known->counter : core::CounterRule{}}),
                   core::WallTime::min()});
  }
  void add(const core::Reading& reading) {
    now_ = std::max(now_, reading.time);
    const auto found = windows_.find(reading.series);
    if (found == windows_.end() || !std::isfinite(reading.value)) return;
    for (Window& one : found->second) one.rolling.add({reading.time, reading.value});
  }

 private:
  struct Window {
    core::WindowStat stat;
    core::Rolling rolling;
    core::WallTime at;
  };
  PastCatalog catalog_;
  Take take_;
  core::WallTime now_{};
  std::uint32_t next_ = 0x4000'0000U;
  std::map<core::SeriesId, core::SeriesPtr> made_;
  mutable std::map<core::SeriesId, std::vector<Window>> windows_;  // asking moves them on
};

Backfill::Backfill(std::unique_ptr<Derivation> derivation, const std::vector<core::SeriesPtr>& inputs, Take take)
    : derivation_(std::move(derivation)), port_(std::make_unique<Port>(inputs, std::move(take))) {
  for (const core::SeriesReference& reference : derivation_->references()) {
    if (!reference.selector.window_stat()) continue;
    for (const core::SeriesPtr& series : inputs) {
      if (reference.selector.matches(series->declaration.key))
        port_->want(series->id, *reference.selector.window_stat());
    }
  }
  network_ = std::make_unique<Network>(std::vector<Program*>{derivation_.get()}, core::BootTime{});
  network_->refresh(*port_);
  network_->settle(*port_);
}

Backfill::~Backfill() = default;

core::Result<std::unique_ptr<Backfill>> Backfill::make(core::DerivedSpec spec, const std::vector<core::SeriesPtr>& inputs,
                                                       Take take) {
  auto derivation = Derivation::make(std::move(spec));
  if (!derivation) return derivation.error();
  return std::unique_ptr<Backfill>(new Backfill(std::move(*derivation), inputs, std::move(take)));
}

void Backfill::feed(const std::vector<core::Reading>& readings, bool lead) {
  for (const core::Reading& reading : readings) port_->add(reading);
  if (!lead) network_->take(*port_, readings);
}

core::Duration Backfill::lead() const {
  core::Duration longest{};
  for (const core::SeriesReference& reference : derivation_->references()) {
    if (reference.selector.window_stat()) longest = std::max(longest, reference.selector.window_stat()->window);
  }
  return longest;
}

}  // namespace telltale::rules
