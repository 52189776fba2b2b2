// The C++ wrapper, through the C interface that it makes.
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/batch.hpp>
#include <telltale/cpp/stop.hpp>

#include "tests/support/plugin_runner.h"

namespace telltale::test {
namespace {

// As small as a polling plugin gets: this is the one in plugin.hpp's comment, with faults to order.
class Thermo : public PollingInput {
 public:
  static constexpr PluginInfo kInfo{"thermo", "1.0.0", "Reads a thermometer."};
  static constexpr telltale_option kOptions[] = {
      Option::duration("every", "Time between readings.").by_default("2s"),
      Option::text("fault", "What goes wrong.").by_default("none"),
  };
  explicit Thermo(Host host) : host_(host), temperature_(host.gauge("thermo.temperature", "°C")) {
    if (host.options().text("fault") == "config") throw ConfigError("fault: must not be config");
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return host_.options().duration("every"); }
  void poll() override {
    if (broken) throw IoError("no answer");
    const std::string_view fault = host_.options().text("fault");
    if (fault == "bug") throw std::out_of_range("index 7");
    if (fault == "odd") throw 42;
    temperature_.publish(21.5);
  }
  static inline bool broken = false;

 private:
  Host host_;
  Series temperature_;
};

const telltale_plugin& thermo() { return *detail::Glue<Thermo>::entry(TELLTALE_ABI_MAJOR); }

TEST(Wrapper, PollsAndTellsItsInterval) {
  PluginRunner runner(thermo());
  EXPECT_EQ(runner.interval(), 2'000'000'000);
  EXPECT_EQ(runner.poll(), TELLTALE_OK);
  EXPECT_EQ(runner.host().latest("thermo.temperature"), 21.5);
}

TEST(Wrapper, TellsHealthWhenItChanges) {
  PluginRunner runner(thermo());
  EXPECT_FALSE(runner.host().health()) << "nothing is known before the first poll";
  EXPECT_EQ(runner.poll(), TELLTALE_OK);
  EXPECT_EQ(runner.host().health(), TELLTALE_HEALTH_OK);
  Thermo::broken = true;
  EXPECT_EQ(runner.poll(), TELLTALE_E_IO);
  EXPECT_EQ(runner.host().health(), TELLTALE_HEALTH_FAILING);
  EXPECT_EQ(runner.host().health_reason(), "no answer");
  Thermo::broken = false;
  EXPECT_EQ(runner.poll(), TELLTALE_OK);
  EXPECT_EQ(runner.host().health(), TELLTALE_HEALTH_OK) << "it came back";
}

TEST(Wrapper, NoExceptionCrossesTheBoundary) {
  PluginRunner bug(thermo(), Given::section({{"fault", "bug"}}));
  EXPECT_EQ(bug.poll(), TELLTALE_E_INTERNAL);
  EXPECT_EQ(bug.host().log().back().text, "index 7");
  PluginRunner odd(thermo(), Given::section({{"fault", "odd"}}));
  EXPECT_EQ(odd.poll(), TELLTALE_E_INTERNAL);
  try {
    PluginRunner config(thermo(), Given::section({{"fault", "config"}}));
    FAIL() << "was accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), (std::to_string(TELLTALE_E_CONFIG) + ": fault: must not be config").c_str());
  }
}

TEST(Wrapper, RefusesAHostOfAnotherMajor) { EXPECT_EQ(detail::Glue<Thermo>::entry(TELLTALE_ABI_MAJOR + 1), nullptr); }

TEST(Options, AnOptionThatIsNotInTheTableIsThePluginsMistake) {
  const OptionTree tree(Thermo::kOptions);
  EXPECT_THROW((void)Options(tree.root()).text("colour"), std::logic_error);
}

TEST(Batch, SendsItselfWhenFullAndTheRestWhenFlushed) {
  FakeHost fake({});
  const Series series = fake.host().gauge("a");
  Batch batch(fake.host());
  batch.stamp(std::chrono::nanoseconds(77));
  for (std::size_t i = 0; i < Batch::kMaxReadings + 1; ++i) batch.add(series, static_cast<double>(i));
  EXPECT_EQ(fake.publish_calls(), 1U);
  EXPECT_EQ(batch.size(), 1U);
  batch.add_bad(series);
  EXPECT_TRUE(batch.flush());
  EXPECT_TRUE(batch.flush()) << "nothing left";
  EXPECT_EQ(fake.publish_calls(), 2U);
  EXPECT_EQ(fake.reading_count(), Batch::kMaxReadings + 2);
  EXPECT_EQ(fake.readings().front().time, 77);
  EXPECT_EQ(fake.readings().back().quality, TELLTALE_QUALITY_BAD);
  batch.add(series, 1);
  fake.refuse_readings(true);
  EXPECT_FALSE(batch.flush());
  EXPECT_EQ(batch.size(), 0U) << "what the host did not take is counted there, and not kept here";
}

TEST(Host, DeclaresStatesAndEvents) {
  FakeHost fake({});
  const Series machine = fake.host().state("machine", {"off", "on"});
  const Series door = fake.host().event("door");
  EXPECT_EQ(fake.host().state("machine", {"off", "on"}).number(), machine.number()) << "the same series again";
  EXPECT_EQ(fake.series("machine")->states.at(1), "on");
  EXPECT_TRUE(door.publish_text("opened"));
  EXPECT_EQ(fake.last("door")->text, "opened");
  EXPECT_THROW((void)fake.host().gauge("a{b}"), ConfigError);
  fake.limit_series(2);
  EXPECT_THROW((void)fake.host().gauge("one.more"), ConfigError);
}

TEST(Stop, IsHeardAtOnceAndLastsOtherwise) {
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  const Stop stop(fds[0]);
  EXPECT_FALSE(stop.requested());
  const auto before = std::chrono::steady_clock::now();
  EXPECT_FALSE(stop.wait_for(std::chrono::milliseconds(5)));
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(5));
  ASSERT_EQ(::write(fds[1], "x", 1), 1);
  EXPECT_TRUE(stop.wait_for(std::chrono::hours(1)));
  EXPECT_TRUE(stop.requested()) << "and stays so";
  ::close(fds[0]);
  ::close(fds[1]);
}

}  // namespace
}  // namespace telltale::test
