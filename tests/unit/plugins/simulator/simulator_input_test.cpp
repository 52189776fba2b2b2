#include "plugins/simulator/simulator_input.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/plugin_runner.h"

namespace telltale::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using test::Given;
using test::OptionTree;
using test::PluginRunner;
using test::PublishedReading;

Plan plan_of(std::vector<std::pair<std::string, Given>> keys) {
  const OptionTree tree(kOptionTable, Given::section(std::move(keys)));
  return make_plan(Options(tree.root()));
}
Given wave(std::vector<std::pair<std::string, Given>> keys) { return Given::section(std::move(keys)); }

std::vector<Output> run_for(const Plan& plan, nanoseconds time) {
  Generator generator(plan);
  std::vector<Output> outputs;
  generator.advance(time, [&](const Output& output) { outputs.push_back(output); });
  return outputs;
}

TEST(Plan, WithoutWavesShowsAPlant) {
  const Plan plan = plan_of({});
  EXPECT_EQ(plan.waves.size(), 8U);
  EXPECT_EQ(plan.every, seconds(1));
  EXPECT_EQ(plan.waves.front().name, "plant.oven.temperature");
}

TEST(Plan, TakesWhatWasConfigured) {
  const Plan plan = plan_of({{"seed", "9"},
                             {"count", "3"},
                             {"faults", "0.25"},
                             {"gaps", Given::section({{"every", "10s"}, {"for", "2s"}})},
                             {"waves", wave({{"name", "a"},
                                             {"shape", "walk"},
                                             {"unit", "bar"},
                                             {"offset", "6"},
                                             {"amplitude", "0.5"},
                                             {"period", "5m"},
                                             {"noise", "0.01"},
                                             {"decimals", "2"},
                                             {"every", "100ms"}})}});
  EXPECT_EQ(plan.seed, 9U);
  EXPECT_EQ(plan.copies, 3U);
  EXPECT_EQ(plan.gap_every, seconds(10));
  EXPECT_EQ(plan.gap_for, seconds(2));
  ASSERT_EQ(plan.waves.size(), 1U);
  EXPECT_EQ(plan.waves[0].shape, Shape::kWalk);
  EXPECT_EQ(plan.waves[0].decimals, 2);
  EXPECT_EQ(plan.every_of(plan.waves[0]), milliseconds(100));
}

TEST(Plan, RateIsOfAllSeriesTogether) {
  const Plan plan = plan_of({{"rate", "1000"},
                             {"count", "50"},
                             {"waves", Given::list({wave({{"name", "a"}, {"every", "1h"}}), wave({{"name", "b"}})})}});
  EXPECT_EQ(plan.every_of(plan.waves[0]), milliseconds(100)) << "100 series, 1,000 a second";
  EXPECT_EQ(run_for(plan, seconds(1) - nanoseconds(1)).size(), 1000U);
}

TEST(Plan, RefusesWhatDoesNotFitTogether) {
  struct Case {
    std::vector<std::pair<std::string, Given>> keys;
    const char* word;
  };
  const Case cases[] = {
      {{{"waves", wave({{"name", "a"}, {"shape", "state"}})}}, "states"},
      {{{"waves", wave({{"name", "a"}, {"shape", "event"}})}}, "texts"},
      {{{"waves", wave({{"name", "a"}, {"states", Given::list({"x"})}})}}, "state only"},
      {{{"waves", wave({{"name", "a"}, {"texts", Given::list({"x"})}})}}, "event only"},
      {{{"waves", Given::list({wave({{"name", "a"}}), wave({{"name", "a"}})})}}, "two of that name"},
      {{{"gaps", Given::section({{"every", "1s"}})}}, "both"},
      {{{"gaps", Given::section({{"every", "1s"}, {"for", "1s"}})}}, "shorter"},
      {{{"count", "65536"}}, "65,536"},
  };
  for (const Case& row : cases) {
    try {
      (void)plan_of(row.keys);
      ADD_FAILURE() << "was accepted: " << row.word;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(row.word));
    }
  }
}

TEST(Generator, AdvancesEachSeriesInItsOwnTime) {
  const Plan plan =
      plan_of({{"waves", Given::list({wave({{"name", "fast"}, {"every", "10ms"}}), wave({{"name", "slow"}})})}});
  Generator generator(plan);
  std::map<std::size_t, std::vector<nanoseconds>> times;
  for (int ms = 0; ms <= 2000; ms += 7) {  // however it is called
    generator.advance(milliseconds(ms), [&](const Output& output) { times[output.series].push_back(output.time); });
  }
  ASSERT_EQ(times[0].size(), 200U);
  ASSERT_EQ(times[1].size(), 2U);
  for (std::size_t i = 0; i < times[0].size(); ++i) EXPECT_EQ(times[0][i], i * milliseconds(10));
  EXPECT_EQ(generator.next_due(), milliseconds(2000));
}

TEST(Generator, GapsAreSilentAndASequenceGoesOnBehindThem) {
  const Plan plan = plan_of({{"every", "100ms"},
                             {"gaps", Given::section({{"every", "2s"}, {"for", "500ms"}})},
                             {"waves", wave({{"name", "q"}, {"shape", "sequence"}})}});
  const auto outputs = run_for(plan, seconds(10) - nanoseconds(1));
  EXPECT_EQ(outputs.size(), 75U);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_LT(outputs[i].time % seconds(2), milliseconds(1500));
    EXPECT_EQ(outputs[i].value, static_cast<double>(i));
  }
}

TEST(Generator, FaultsAreAShareOfReadingsButNeverOfASequence) {
  const Plan plan =
      plan_of({{"every", "1ms"},
               {"faults", "0.1"},
               {"waves", Given::list({wave({{"name", "a"}}), wave({{"name", "q"}, {"shape", "sequence"}})})}});
  int bad = 0;
  for (const Output& output : run_for(plan, seconds(10))) {
    if (output.series == 1) {
      EXPECT_FALSE(output.bad);
    }
    bad += output.bad ? 1 : 0;
  }
  EXPECT_NEAR(bad, 1000, 150);
}

TEST(Generator, SameSeedSameReadings) {
  const auto readings = [](const char* seed) {
    const Plan plan = plan_of({{"seed", seed}, {"count", "3"}, {"every", "50ms"}, {"faults", "0.05"}});
    std::vector<std::string> lines;
    for (const Output& output : run_for(plan, seconds(60))) {
      lines.push_back(std::to_string(output.series) + " " + std::to_string(output.time.count()) + " " +
                      std::to_string(output.value) + (output.bad ? " bad " : " ") +
                      std::string(output.text.value_or("")));
    }
    return lines;
  };
  EXPECT_EQ(readings("5"), readings("5"));
  EXPECT_NE(readings("5"), readings("6"));
}

const telltale_plugin& plugin() { return *detail::Glue<SimulatorInput>::entry(TELLTALE_ABI_MAJOR); }

TEST(SimulatorInput, DeclaresTheDemoPlantWithUnitsTitlesAndStates) {
  PluginRunner input(plugin());
  ASSERT_EQ(input.host().series().size(), 8U);
  EXPECT_EQ(input.host().series("plant.oven.temperature")->unit, "°C");
  EXPECT_EQ(input.host().series("plant.press.parts")->kind, TELLTALE_KIND_COUNTER);
  EXPECT_EQ(input.host().series("plant.machine")->states.at(3), "fault");
  EXPECT_EQ(input.host().series("plant.door")->kind, TELLTALE_KIND_EVENT);
  for (const auto& series : input.host().series()) EXPECT_FALSE(series.title.empty()) << series.key;
  EXPECT_THAT(input.host().faults(), testing::IsEmpty());
}

TEST(SimulatorInput, PublishesEveryReadingOfASequenceWithItsOwnTime) {
  PluginRunner input(plugin(),
                     Given::section({{"every", "1ms"}, {"waves", wave({{"name", "q"}, {"shape", "sequence"}})}}));
  input.host().use_the_real_clock();
  input.start();
  ASSERT_TRUE(input.host().wait_for_readings(200));
  EXPECT_EQ(input.stop(), TELLTALE_OK);
  EXPECT_EQ(input.host().health(), TELLTALE_HEALTH_OK);
  const auto readings = input.host().readings("q");
  for (std::size_t i = 1; i < readings.size(); ++i) {
    ASSERT_EQ(readings[i].value, readings[i - 1].value + 1);
    if (input.host().counted("late.ms") == 0) {
      ASSERT_EQ(readings[i].time, readings[i - 1].time + 1'000'000);
    }
  }
  EXPECT_THAT(input.host().faults(), testing::IsEmpty());
}

TEST(SimulatorInput, CopiesAreToldApartByALabel) {
  PluginRunner input(plugin(), Given::section({{"every", "5ms"}, {"count", "100"}, {"waves", wave({{"name", "a"}})}}));
  EXPECT_EQ(input.host().series().size(), 100U);
  EXPECT_TRUE(input.host().series("a{n=\"100\"}"));
  input.host().use_the_real_clock();
  input.start();
  ASSERT_TRUE(input.host().wait_for_readings(1000));
  EXPECT_EQ(input.stop(), TELLTALE_OK);
  EXPECT_LE(input.host().publish_calls() * 100, input.host().reading_count()) << "at least a tick in a batch";
}

TEST(SimulatorInput, EventsCarryTheirText) {
  PluginRunner input(plugin(), Given::section({{"every", "1ms"},
                                               {"waves", wave({{"name", "door"},
                                                               {"shape", "event"},
                                                               {"period", "2ms"},
                                                               {"texts", Given::list({"opened", "closed"})}})}}));
  input.host().use_the_real_clock();
  input.start();
  EXPECT_TRUE(input.host().wait_for("door", [](const PublishedReading& reading) { return reading.text == "closed"; }));
}

TEST(SimulatorInput, AFullRingCostsReadingsAndNotTheInput) {
  PluginRunner input(plugin(),
                     Given::section({{"every", "1ms"}, {"waves", wave({{"name", "q"}, {"shape", "sequence"}})}}));
  input.host().use_the_real_clock();
  input.start();
  ASSERT_TRUE(input.host().wait_for_readings(10));
  input.host().refuse_readings(true);
  const std::size_t before = input.host().publish_calls();
  while (input.host().publish_calls() < before + 5) std::this_thread::yield();
  input.host().refuse_readings(false);
  const std::size_t taken = input.host().reading_count();
  EXPECT_TRUE(input.host().wait_for_readings(taken + 10));
  EXPECT_EQ(input.stop(), TELLTALE_OK);
  const auto readings = input.host().readings("q");
  EXPECT_GT(readings.back().value + 1, static_cast<double>(readings.size())) << "what was lost shows as a jump";
}

TEST(SimulatorInput, ASeriesNameThatTheHostRefusesIsAConfigError) {
  EXPECT_THROW(PluginRunner(plugin(), Given::section({{"waves", wave({{"name", "a{b}"}})}})), std::runtime_error);
}

}  // namespace
}  // namespace telltale::simulator
