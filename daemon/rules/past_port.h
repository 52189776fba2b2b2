// The past in the place of the pipeline: what derived series and rules see while readings of the history pass by. Its
// clocks stand where the owner puts them. One thread.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/core/expression.h"
#include "daemon/core/interfaces/pass.h"
#include "daemon/core/rolling.h"

namespace telltale::rules {

// Only the inputs.
class PastCatalog final : public core::Catalog {
 public:
  explicit PastCatalog(std::vector<core::SeriesPtr> series) : series_(std::move(series)) {}
  [[nodiscard]] std::uint64_t generation() const override { return 1; }
  [[nodiscard]] std::vector<core::SeriesPtr> match(const core::Selector& selector) const override;
  [[nodiscard]] core::SeriesPtr find(core::SeriesId id) const override;

 private:
  std::vector<core::SeriesPtr> series_;
};

class PastPort final : public core::PassPort {
 public:
  using Take = std::function<void(const core::SeriesInfo& series, const core::Reading& reading)>;
  // `take`: what is put.
  PastPort(const std::vector<core::SeriesPtr>& inputs, Take take) : catalog_(inputs), take_(std::move(take)) {}

  // The windows that references of theirs want.
  void want(const std::vector<core::SeriesReference>& references, const std::vector<core::SeriesPtr>& inputs);
  // In the order of time.
  void add(const core::Reading& reading);
  // Only goes on.
  void set_now(core::WallTime now) { now_ = std::max(now_, now); }

  [[nodiscard]] const core::Catalog& catalog() const override { return catalog_; }
  [[nodiscard]] core::WallTime wall_now() const override { return now_; }
  // Everything had begun an hour before 1970: a sum does not wait.
  [[nodiscard]] core::BootTime boot_now() const override {
    return core::BootTime(now_.time_since_epoch() + std::chrono::hours(1));
  }
  [[nodiscard]] std::optional<Newest> newest(core::SeriesId series) const override;
  [[nodiscard]] double window(core::SeriesId series, core::WindowStat stat, core::WallTime at) const override;
  [[nodiscard]] bool windows_ready() const override { return true; }
  void follow(core::SeriesId /*series*/, bool /*wanted*/) override {}
  [[nodiscard]] core::SeriesPtr declare(std::string_view input, const core::SeriesDeclaration& declaration) override;
  void put(const core::Reading& reading, std::string_view text) override;

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
  std::map<core::SeriesId, Newest> newest_;
  mutable std::map<core::SeriesId, std::vector<Window>> windows_;  // asking moves them on
};

}  // namespace telltale::rules
