// The real engine with the book behind it, on a clock that a test moves by hand.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/pipeline/engine.h"
#include "daemon/rules/book.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/pipeline/recording.h"

namespace telltale::rules {

inline core::DerivedSpec derived(std::string name, const std::string& text, std::string unit = {}) {
  core::DerivedSpec spec;
  spec.name = std::move(name);
  auto outcome = core::parse_expression(text);
  EXPECT_TRUE(outcome.expression) << text << ": " << (outcome.mistakes.empty() ? "" : outcome.mistakes[0].message);
  spec.expression = outcome.expression;
  spec.unit = std::move(unit);
  return spec;
}

class BookFixture : public testing::Test {
 protected:
  void SetUp() override {
    engine_.set_live(&live_);
    engine_.set_follower(&book_);
  }

  void apply(const std::vector<core::DerivedSpec>& specs, const std::vector<core::RuleSpec>& rules = {}) {
    engine_.run_pass([&](core::PassPort& port) { book_.apply(specs, rules, port); });
  }

  // One pass with these readings, all of now, in this order. Names may have labels.
  using Given = std::vector<std::pair<std::string, double>>;
  void pass(const Given& readings, core::Quality quality = core::Quality::kGood) {
    engine_.begin_pass();
    for (const auto& [key, value] : readings) engine_.take(state(key), {}, value, quality);
    ASSERT_TRUE(engine_.finish_pass().has_value());
  }
  // One pass with readings whose source says the time.
  void pass_at(const std::vector<std::tuple<std::string, core::WallTime, double>>& readings) {
    engine_.begin_pass();
    for (const auto& [key, time, value] : readings) {
      engine_.take(state(key), {pipeline::Engine::Stamp::Source::kWall, time.time_since_epoch().count()}, value,
                   core::Quality::kGood);
    }
    ASSERT_TRUE(engine_.finish_pass().has_value());
  }
  // Time passes, and the second with it.
  void advance(core::Duration by) {
    clock_.advance(by);
    engine_.begin_pass();
    engine_.each_second();
  }
  pipeline::SeriesState& state(const std::string& key, const std::string& unit = {}) {
    core::SeriesDeclaration declaration;
    declaration.key = core::parse_series_key(key).value();
    const auto known = units_.find(key);
    if (!unit.empty()) units_[key] = unit;
    declaration.unit = !unit.empty() ? unit : known == units_.end() ? "" : known->second;
    return *engine_.declare("plc", declaration);
  }
  // Everything that was kept of a series.
  std::vector<core::Reading> kept(const std::string& key) const {
    std::vector<core::Reading> found;
    for (const core::Reading& reading : history_.readings) {
      const auto series = registry_.find(reading.series);
      if (series && series->key_text == key) found.push_back(reading);
    }
    return found;
  }
  std::vector<double> values(const std::string& key) const {
    std::vector<double> found;
    for (const core::Reading& reading : kept(key)) found.push_back(reading.value);
    return found;
  }

  test::ManualClock clock_;
  test::RecordingHistory history_;
  test::RecordingLive live_;
  pipeline::Registry registry_{{}};
  pipeline::WatchTable watches_;
  std::map<std::string, std::string> units_;
  std::vector<core::AlarmChange> changes_;
  Book book_{core::Logger(core::make_null_sink(), "test"),
             [this](const core::AlarmChange& change) { changes_.push_back(change); }};
  pipeline::Engine engine_{{{std::chrono::seconds(10), std::chrono::minutes(1)}}, registry_, watches_, history_, clock_,
                           core::Logger(core::make_null_sink(), "test")};
};

}  // namespace telltale::rules
