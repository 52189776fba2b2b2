// What a plugin's class may do beside reading: outputs, probes, sinks; and what its exceptions become.
#include <atomic>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/batch.hpp>
#include <telltale/cpp/plugin.hpp>

#include "tests/support/plugin_runner.h"

namespace telltale::test {
namespace {

using std::chrono::nanoseconds;
using std::chrono::system_clock;

// Throws what it is told to, wherever it is told to.
struct Fault {
  static inline std::string place;
  static void at(std::string_view here) {
    if (place == here) throw std::out_of_range(place + " is broken");
  }
};

class Valve : public PollingInput, public Writable, public Probing {
 public:
  static constexpr PluginInfo kInfo{"valve", "1.0.0", "Opens and closes.", kNeedsDevices};
  static constexpr telltale_option kProbeOptions[] = {Option::path("port", "Where to look.").by_default("/dev/null")};
  explicit Valve(Host host) : position_(host.gauge("valve")) { Fault::at("create"); }
  [[nodiscard]] nanoseconds interval() const override {
    Fault::at("interval");
    return nanoseconds(5);
  }
  void poll() override { position_.publish(last); }
  void write(const Output& output) override {
    Fault::at("write");
    if (output.name != "valve") throw InvalidError("there is no output " + std::string(output.name));
    if (output.value > 100) throw IoError("it is stuck");
    if (output.deadline == nanoseconds(1)) throw Stopped();
    last = output.value;
    text = output.text;
  }
  static void probe(Host host, Report report, int stop_fd) {
    Fault::at("probe");
    report.progress(1, 2, host.options().text("port"));
    EXPECT_TRUE(report.found({.title = "a valve", .options = "port: /dev/null", .confidence = 70}));
    EXPECT_FALSE(report.found({})) << "this report takes one";
    if (stop_fd < 0) throw IoError("no permission");
  }
  static inline double last = 0;
  static inline std::string text;

 private:
  Series position_;
};

class Central : public Sink {
 public:
  static constexpr PluginInfo kInfo{"central", "1.0.0", "Sends readings out."};
  explicit Central(Host /*host*/) {}
  void send(const OutgoingBatch& batch, int stop_fd) override {
    if (stop_fd == 1) throw IoError("not reached");
    if (stop_fd == 2) throw InvalidError("never");
    if (stop_fd == 3) throw Stopped();
    for (const telltale_outgoing& reading : batch.readings()) sum += reading.value;
    live = batch.live();
  }
  static inline double sum = 0;
  static inline bool live = false;
};

const telltale_plugin& valve() { return *detail::Glue<Valve>::entry(TELLTALE_ABI_MAJOR); }

template <class Interface>
const Interface& interface_of(const telltale_plugin& plugin, const char* id) {
  const void* found = plugin.get_interface(id);
  if (found == nullptr) throw std::logic_error(id);
  return *static_cast<const Interface*>(found);
}

// An instance and its host, through the C functions alone.
class WrapperInterfaces : public testing::Test {
 protected:
  WrapperInterfaces() { Fault::place.clear(); }
  telltale_result write(std::string_view name, double value, std::int64_t deadline = 0) {
    const telltale_output output{to_str(name), to_str("open"), value, deadline};
    return interface_of<telltale_write_1>(valve(), TELLTALE_WRITE_1).write(runner_.instance(), &output);
  }
  PluginRunner runner_{valve()};
  FakeHost& fake_ = runner_.host();
};

TEST_F(WrapperInterfaces, AreThoseOfTheBasesAndNoOthers) {
  for (const char* id : {TELLTALE_POLL_1, TELLTALE_WRITE_1, TELLTALE_PROBE_1})
    EXPECT_NE(valve().get_interface(id), nullptr);
  for (const char* id : {TELLTALE_STREAM_1, TELLTALE_SINK_1, "telltale.poll/2", "telltale.poll", ""}) {
    EXPECT_EQ(valve().get_interface(id), nullptr) << id;
  }
  EXPECT_EQ(valve().needs, TELLTALE_NEEDS_DEVICES);
  EXPECT_EQ(valve().option_count, 0U);
}

TEST_F(WrapperInterfaces, AnOutputIsSetOrRefusedWithItsReason) {
  EXPECT_EQ(write("valve", 42), TELLTALE_OK);
  EXPECT_EQ(Valve::last, 42);
  EXPECT_EQ(Valve::text, "open");
  EXPECT_EQ(write("pump", 1), TELLTALE_E_INVALID);
  EXPECT_EQ(fake_.log().back().text, "there is no output pump");
  EXPECT_EQ(write("valve", 101), TELLTALE_E_IO);
  EXPECT_EQ(fake_.log().back().text, "it is stuck");
  EXPECT_FALSE(fake_.health()) << "that a write failed says nothing of the readings";
  const std::size_t lines = fake_.log().size();
  EXPECT_EQ(write("valve", 1, 1), TELLTALE_E_STOPPED);
  EXPECT_EQ(fake_.log().size(), lines) << "a stop is no fault";
}

struct Found {
  int findings = 0;
  std::string title, options, tried;
};

TEST_F(WrapperInterfaces, AProbeReportsWhatItFinds) {
  const auto& probe = interface_of<telltale_probe_1>(valve(), TELLTALE_PROBE_1);
  ASSERT_EQ(probe.option_count, 1U);
  EXPECT_EQ(to_view(probe.options[0].name), "port");
  FakeHost host({probe.options, probe.option_count});
  Found found;
  const telltale_report report{
      &found,
      [](const telltale_report* self, const telltale_finding* finding) -> telltale_result {
        auto& into = *static_cast<Found*>(self->context);
        if (++into.findings > 1) return TELLTALE_E_LIMIT;
        into.title = to_view(finding->title);
        into.options = to_view(finding->options);
        EXPECT_EQ(finding->confidence, 70U);
        return TELLTALE_OK;
      },
      [](const telltale_report* self, std::uint32_t done, std::uint32_t total, telltale_str text) {
        EXPECT_EQ(done + 1, total);
        static_cast<Found*>(self->context)->tried = to_view(text);
      }};
  EXPECT_EQ(probe.run(&host.abi(), &report, 0), TELLTALE_OK);
  EXPECT_EQ(found.title, "a valve");
  EXPECT_EQ(found.options, "port: /dev/null");
  EXPECT_EQ(found.tried, "/dev/null");
  found = {};
  EXPECT_EQ(probe.run(&host.abi(), &report, -1), TELLTALE_E_IO);
  EXPECT_EQ(host.log().back().text, "no permission");
}

TEST_F(WrapperInterfaces, ASinkAcknowledgesOrSaysWhyNot) {
  const telltale_plugin& central = *detail::Glue<Central>::entry(TELLTALE_ABI_MAJOR);
  const auto& sink = interface_of<telltale_sink_1>(central, TELLTALE_SINK_1);
  PluginRunner runner(central);
  const telltale_outgoing readings[] = {{nullptr, {}, 1, 2.5, 0, 0}, {nullptr, {}, 2, 4, 0, 0}};
  const telltale_batch batch{readings, 7, 2, 1};
  EXPECT_EQ(sink.send(runner.instance(), &batch, 0), TELLTALE_OK);
  EXPECT_EQ(Central::sum, 6.5);
  EXPECT_TRUE(Central::live);
  EXPECT_EQ(sink.send(runner.instance(), &batch, 1), TELLTALE_E_IO);
  EXPECT_EQ(runner.host().health_reason(), "not reached");
  EXPECT_EQ(sink.send(runner.instance(), &batch, 2), TELLTALE_E_INVALID);
  EXPECT_EQ(sink.send(runner.instance(), &batch, 3), TELLTALE_E_STOPPED);
}

TEST_F(WrapperInterfaces, NoFunctionLetsAnExceptionOut) {
  EXPECT_EQ(runner_.interval(), 5);
  Fault::place = "interval";
  EXPECT_EQ(runner_.interval(), 0) << "which no host takes";
  EXPECT_EQ(fake_.log().back().text, "interval is broken");
  Fault::place = "write";
  EXPECT_EQ(write("valve", 1), TELLTALE_E_INTERNAL);
  Fault::place = "probe";
  const telltale_report report{};
  EXPECT_EQ(interface_of<telltale_probe_1>(valve(), TELLTALE_PROBE_1).run(&fake_.abi(), &report, 0),
            TELLTALE_E_INTERNAL);
  Fault::place = "create";
  telltale_instance* none = runner_.instance();
  EXPECT_EQ(valve().create(&fake_.abi(), &none), TELLTALE_E_INTERNAL);
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(fake_.log().back().text, "create is broken");
}

TEST(Readings, CarryTheirTimeAndQuality) {
  FakeHost fake({});
  const Series series = fake.host().gauge("a");
  const system_clock::time_point source{std::chrono::milliseconds(1'700'000'000'123)};
  EXPECT_TRUE(series.publish(1));
  EXPECT_TRUE(series.publish(2, Quality::kUncertain));
  EXPECT_TRUE(series.publish(3, std::chrono::seconds(7)));
  EXPECT_TRUE(series.publish(4, source, Quality::kStale));
  EXPECT_TRUE(series.publish_bad(std::chrono::seconds(9)));
  const auto readings = fake.readings("a");
  ASSERT_EQ(readings.size(), 5U);
  EXPECT_EQ(readings[0].flags, 0);
  EXPECT_EQ(readings[1].quality, TELLTALE_QUALITY_UNCERTAIN);
  EXPECT_EQ(readings[2].time, 7'000'000'000);
  EXPECT_EQ(readings[3].time, 1'700'000'000'123'000'000);
  EXPECT_EQ(readings[3].flags, TELLTALE_READING_WALL_TIME);
  EXPECT_EQ(readings[3].quality, TELLTALE_QUALITY_STALE);
  EXPECT_EQ(readings[4].quality, TELLTALE_QUALITY_BAD);
  EXPECT_THAT(fake.faults(), testing::IsEmpty());
}

TEST(Readings, OfABatchHaveTheBatchsTimeOrTheirOwn) {
  FakeHost fake({});
  const Series series = fake.host().gauge("a");
  Batch batch(fake.host());
  batch.stamp(system_clock::time_point(std::chrono::seconds(5)));
  batch.add(series, 1);
  batch.add(series, 2, nanoseconds(8), Quality::kStale);
  EXPECT_TRUE(batch.flush());
  EXPECT_EQ(fake.readings("a")[0].flags, TELLTALE_READING_WALL_TIME);
  EXPECT_EQ(fake.readings("a")[1].time, 8);
  EXPECT_EQ(fake.readings("a")[1].flags, 0);
  fake.refuse_readings(true);
  for (std::size_t i = 0; i < Batch::kMaxReadings; ++i) batch.add(series, 1);
  fake.refuse_readings(false);
  batch.add(series, 2);
  EXPECT_FALSE(batch.flush()) << "what it sent by itself was lost";
  EXPECT_TRUE(batch.flush()) << "and is told once";
}

TEST(Events, ArePublishedAsTexts) {
  FakeHost fake({});
  const Event door = fake.host().event("door");
  EXPECT_TRUE(door.publish("opened", nanoseconds(3), Quality::kUncertain));
  EXPECT_EQ(fake.last("door")->text, "opened");
  EXPECT_EQ(fake.last("door")->time, 3);
  EXPECT_EQ(fake.last("door")->quality, TELLTALE_QUALITY_UNCERTAIN);
}

TEST(LogFields, AreGivenToTheHostEachByItself) {
  FakeHost fake({});
  const std::string address = "10.0.0.7";
  fake.host().warning("no answer", {{"unit", 3}, {"address", address}, {"ratio", 0.1}, {"last", true}, {"why", "CRC"}});
  const LogLine line = fake.log().back();
  EXPECT_EQ(line.severity, TELLTALE_LOG_WARNING);
  EXPECT_EQ(line.text, "no answer");
  const std::map<std::string, std::string> expected{
      {"unit", "3"}, {"address", "10.0.0.7"}, {"ratio", "0.1"}, {"last", "true"}, {"why", "CRC"}};
  EXPECT_EQ(line.fields, expected);
  fake.host().notice("extremes", {{"least", std::numeric_limits<double>::denorm_min()},
                                  {"most", std::numeric_limits<std::int64_t>::min()}});
  EXPECT_EQ(fake.log().back().fields.at("least"), "5e-324");
  EXPECT_EQ(fake.log().back().fields.at("most"), "-9223372036854775808");
  fake.forget_interfaces();
  fake.host().error("no answer", {{"unit", 3}, {"why", "CRC"}});
  EXPECT_EQ(fake.log().back().text, "no answer unit=3 why=CRC") << "a host without the interface";
}

constexpr telltale_option kPoint[] = {Option::number("scale", "A factor.").by_default("2")};
constexpr telltale_option kTable[] = {
    Option::text("name", "A text.").by_default("x"),
    Option::size("room", "A size.").by_default("1MB"),
    Option::number("levels", "Numbers.").list().by_default("[1, 2.5]"),
    Option::section("point", "A section.", kPoint).by_default("{}"),
    Option::text("none", "Not given."),
};

TEST(OptionsOfAnInstance, AreReadAsTheTypeTheyHave) {
  const OptionTree tree(kTable);
  const Options options(tree.root());
  EXPECT_EQ(options.size("room"), 1'000'000);
  EXPECT_EQ(options.numbers("levels"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(options.at("point").number("scale"), 2);
  EXPECT_FALSE(options.has("none"));
  EXPECT_EQ(options.text("none"), "");
  EXPECT_THROW((void)options.number("name"), std::logic_error);
  EXPECT_THROW((void)options.duration("name"), std::logic_error);
  EXPECT_THROW((void)options.flag("room"), std::logic_error);
  EXPECT_THROW((void)options.text("room"), std::logic_error);
  EXPECT_THROW((void)options.integer("point"), std::logic_error);
}

}  // namespace
}  // namespace telltale::test
