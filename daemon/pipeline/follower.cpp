// What the engine is to those who follow readings as they pass: core/interfaces/pass.h.
#include <cmath>
#include <utility>

#include "daemon/pipeline/engine.h"

namespace telltale::pipeline {

class Engine::Port final : public core::PassPort {
 public:
  explicit Port(Engine& engine) : engine_(engine) {}

  [[nodiscard]] const core::Catalog& catalog() const override { return engine_.registry_; }
  [[nodiscard]] core::WallTime wall_now() const override { return engine_.time_.now(); }
  [[nodiscard]] core::BootTime boot_now() const override { return engine_.time_.boot_now(); }
  [[nodiscard]] bool wall_certain() const override { return engine_.time_.certain(); }
  [[nodiscard]] std::optional<Newest> newest(core::SeriesId series) const override {
    const SeriesState* const state = find(series);
    if (state == nullptr || !state->has_reading()) return std::nullopt;
    Newest newest{state->newest(), state->interval(), state->arrived()};
    newest.reading.quality = state->quality(boot_now());
    return newest;
  }
  [[nodiscard]] double window(core::SeriesId series, core::WindowStat stat, core::WallTime at) const override {
    const SeriesState* const state = find(series);
    return state == nullptr ? std::nan("") : state->windows().stat(stat, at);
  }
  [[nodiscard]] bool windows_ready() const override { return engine_.windows_ready(); }
  void follow(core::SeriesId series, bool wanted) override {
    if (const core::SeriesPtr known = engine_.registry_.find(series)) engine_.state_of(known).set_followed(wanted);
  }
  void reserve(std::string_view input, const std::set<std::string, std::less<>>& names) override {
    engine_.reserve(input, names);
  }
  [[nodiscard]] core::SeriesPtr declare(std::string_view input, const core::SeriesDeclaration& declaration) override {
    const SeriesState* const state = engine_.declare(input, declaration);
    return state == nullptr ? nullptr : state->series();
  }
  void put(const core::Reading& reading, std::string_view text) override {
    const core::SeriesPtr known = engine_.registry_.find(reading.series);
    if (!known) return;
    core::Reading given = reading;
    if (text.empty() && !std::isfinite(given.value)) {
      given.value = std::nan("");
      given.quality = core::Quality::kBad;
    }
    engine_.accept(engine_.state_of(known), given, text, false);
  }

 private:
  [[nodiscard]] const SeriesState* find(core::SeriesId series) const {
    return series.value < engine_.states_.size() ? engine_.states_[series.value].get() : nullptr;
  }

  Engine& engine_;
};

void Engine::tell_follower() {
  const std::vector<core::Reading> readings = std::exchange(followed_, {});
  if (follower_ == nullptr) return;
  Port port(*this);
  follower_->on_pass(port, readings);
}

void Engine::run_pass(const std::function<void(core::PassPort&)>& task) {
  begin_pass();
  Port port(*this);
  task(port);
  // What was put is lost with a full journal, and counted there, as any reading is.
  if (!batch_->empty()) static_cast<void>(finish_pass());
}

void Engine::each_second() {
  run_pass([this](core::PassPort& port) { follower_->on_second(port); });
}

}  // namespace telltale::pipeline
