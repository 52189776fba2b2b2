// Supervision of real processes: the plugins of tests/badplugins in the real telltale-plugin-host.
#include "daemon/host/supervisor.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/host/declaration_codec.h"
#include "daemon/host/host_paths.h"
#include "daemon/host/plugin_finder.h"
#include "daemon/host/ring_writer.h"
#include "tests/unit/host/drain_thread.h"
#include "tests/unit/host/temporary_directory.h"

namespace telltale::host {
namespace {

using namespace std::chrono_literals;
using core::InputState;
using test::Heard;
using test::HeardByInput;
using testing::HasSubstr;

core::OptionValue option(const std::string& name, std::uint32_t type) {
  core::OptionValue value;
  value.name = name;
  value.type = type;
  return value;
}

// Options of well_behaved.
core::OptionValue options(std::chrono::nanoseconds every, const std::string& colour = "red", double factor = 0.1) {
  core::OptionValue root = option("", TELLTALE_VALUE_SECTION);
  root.children = {option("every", TELLTALE_VALUE_INT), option("colour", TELLTALE_VALUE_TEXT),
                   option("factor", TELLTALE_VALUE_FLOAT)};
  root.children[0].integer = every.count();
  root.children[1].text = colour;
  root.children[2].number = factor;
  return root;
}

core::InputConfig input(const std::string& id, const std::string& plugin, bool isolated = true) {
  core::InputConfig config;
  config.id = id;
  config.plugin = plugin;
  config.isolated = isolated;
  config.options = options(10ms);
  return config;
}

std::vector<double> counts_of(const Heard& heard, const std::string& series) {
  std::vector<double> values;
  for (const auto& reading : heard.readings) {
    if (reading.series == series) values.push_back(reading.value);
  }
  return values;
}

class SupervisorTest : public testing::Test {
 public:
  SupervisorTest(const SupervisorTest&) = delete;
  SupervisorTest& operator=(const SupervisorTest&) = delete;
  ~SupervisorTest() override { end_daemon(); }

 protected:
  SupervisorTest() {
    settings_.ring_directory = directory_.file("rings");
    settings_.host_program = find_plugin_host().value();
    settings_.check_every = 50ms;
  }

  void start_daemon() {
    drain_.emplace();
    io_.emplace();
    work_.emplace(io_->get_executor());
    thread_ = std::thread([this] { io_->run(); });
    on_io([this] {
      supervisor_.emplace(*io_, settings_, *catalog_, *drain_, clock_, core::Logger(core::make_null_sink(), "host"),
                          [this] { return random_++; });
    });
  }
  // As a crash would, but for the process: nothing is stopped in order.
  void end_daemon() {
    if (!io_) return;
    on_io([this] { supervisor_.reset(); });
    work_.reset();
    io_->stop();
    thread_.join();
    drain_.reset();
    io_.reset();
  }
  template <class Work>
  void on_io(Work&& work) {
    std::promise<void> done;
    boost::asio::post(*io_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  void apply(const std::vector<core::InputConfig>& inputs) {
    on_io([&] {
      const auto applied = supervisor_->apply(inputs);
      EXPECT_TRUE(applied.has_value());
    });
  }
  void stop_all() {
    std::promise<void> done;
    boost::asio::post(*io_, [&] { supervisor_->stop_all([&] { done.set_value(); }); });
    ASSERT_EQ(done.get_future().wait_for(20s), std::future_status::ready);
  }
  core::InputStatus status(const std::string& id) {
    for (const auto& each : supervisor_->inputs()) {
      if (each.id == id) return each;
    }
    return {};
  }
  // Until the status is as wished; looks again whenever a little time has passed.
  [[nodiscard]] bool wait_status(const std::string& id, const std::function<bool(const core::InputStatus&)>& wished,
                                 std::chrono::milliseconds patience = 20s) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!wished(status(id))) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
  [[nodiscard]] bool wait_readings(const std::string& id, std::size_t count) {
    return drain_->wait_for([&](const HeardByInput& heard) {
      const auto found = heard.find(id);
      return found != heard.end() && found->second.readings.size() >= count;
    });
  }
  // Runs the plugin until it has ended once, and says why.
  std::string last_error_of(const std::string& plugin, bool isolated = true) {
    apply({input("bad", plugin, isolated)});
    EXPECT_TRUE(wait_status("bad", [](const auto& s) { return !s.last_error.empty(); })) << plugin;
    return status("bad").last_error;
  }

  test::TemporaryDirectory directory_;
  SupervisorSettings settings_;
  core::SystemClock clock_;
  PluginFinder finder_{{std::string(TELLTALE_BINARY_DIR) + "/tests/badplugins"}, find_plugin_host().value()};
  core::PluginCatalog* catalog_ = &finder_;
  std::uint64_t random_ = 0;
  std::optional<test::DrainThread> drain_;
  std::optional<boost::asio::io_context> io_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::thread thread_;
  std::optional<Supervisor> supervisor_;
};

TEST_F(SupervisorTest, RunsInputsIsolatedAndInProcessAlike) {
  start_daemon();
  apply({input("a", "well_behaved", true), input("b", "well_behaved", false)});
  for (const std::string id : {"a", "b"}) {
    ASSERT_TRUE(wait_readings(id, 20)) << id;
    ASSERT_TRUE(wait_status(
        id, [](const auto& s) { return s.state == InputState::kRunning && s.counters.count("polls") > 0; }));
    const Heard heard = drain_->heard().at(id);
    EXPECT_EQ(heard.restarts, 1);
    EXPECT_EQ(heard.readings[0].series, id + ".options");
    EXPECT_EQ(heard.readings[0].text, "red 0.100000");
    const auto counts = counts_of(heard, id + ".count");
    for (std::size_t i = 0; i < counts.size(); ++i) ASSERT_EQ(counts[i], static_cast<double>(i)) << id;
    const auto now = status(id);
    EXPECT_EQ(now.plugin, "well_behaved");
    EXPECT_EQ(now.version, "1.2.3");
    EXPECT_EQ(now.isolation, id == "a" ? "process" : "none");
    EXPECT_EQ(now.pid != 0, id == "a");
    EXPECT_GE(now.readings, 20U);
    EXPECT_TRUE(now.last_reading_at.has_value());
  }
  stop_all();
  EXPECT_TRUE(supervisor_->inputs().empty());
}

TEST_F(SupervisorTest, BringsAKilledInputBackWithinASecondAndLeavesTheOthersAlone) {
  start_daemon();
  apply({input("a", "well_behaved"), input("b", "well_behaved")});
  ASSERT_TRUE(wait_readings("a", 10));
  ASSERT_TRUE(wait_readings("b", 10));
  const int pid = status("a").pid;
  ASSERT_GT(pid, 0);
  const std::int64_t killed_at = clock_.boot_now().time_since_epoch().count();
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  ASSERT_TRUE(drain_->wait_for([&](const HeardByInput& heard) {
    const Heard& a = heard.at("a");
    return a.restarts == 2 && a.readings.back().time > killed_at && counts_of(a, "a.count").back() >= 5;
  }));
  const auto heard = drain_->heard();
  const auto first_after =
      std::find_if(heard.at("a").readings.begin(), heard.at("a").readings.end(),
                   [&](const auto& reading) { return reading.text == "red 0.100000" && reading.time > killed_at; });
  ASSERT_NE(first_after, heard.at("a").readings.end());
  RecordProperty("back_after_ms", static_cast<int>((first_after->time - killed_at) / 1'000'000));
  EXPECT_LT(first_after->time - killed_at, 1'000'000'000);
  const auto counts = counts_of(heard.at("b"), "b.count");
  for (std::size_t i = 0; i < counts.size(); ++i) ASSERT_EQ(counts[i], static_cast<double>(i));
  EXPECT_EQ(heard.at("b").restarts, 1);
  EXPECT_EQ(status("a").last_error, "killed by SIGKILL");
  EXPECT_EQ(status("a").restarts, 1U);
  EXPECT_NE(status("a").pid, pid);
  EXPECT_EQ(status("b").restarts, 0U);
}

TEST_F(SupervisorTest, SaysHowAnInputEndedAndKeepsWhatItPublished) {
  struct Row {
    const char* plugin;
    const char* says;
    bool publishes;
  };
  const Row table[] = {
      {"aborts_in_poll", "killed by SIGABRT; its last line: the fifth poll is one too many", true},
      {"exits_in_poll", "exited with 3", true},
      {"exits_well_in_poll", "exited with 0 without being asked to stop", true},
      {"throws_in_poll", "poll: it threw something that is no std::exception", false},
      {"garbage_result", "poll answered -77, which is no result code", false},
      {"returns_early", "run returned without being asked to stop: the port has gone", false},
      {"refuses_options", "the port and the pipe cannot both be set", false},
      {"wrong_abi", "was built for ABI 2, this host speaks ABI 1", false},
  };
  for (const Row& row : table) {
    start_daemon();
    EXPECT_THAT(last_error_of(row.plugin), HasSubstr(row.says)) << row.plugin;
    if (row.publishes) {
      ASSERT_TRUE(wait_readings("bad", 5)) << row.plugin;
      const auto counts = counts_of(drain_->heard().at("bad"), std::string(row.plugin) + ".count");
      EXPECT_EQ((std::vector<double>(counts.begin(), counts.begin() + 5)), (std::vector<double>{0, 1, 2, 3, 4}));
    }
    end_daemon();
  }
}

TEST_F(SupervisorTest, StartsAPluginThatIsInstalledLater) {
  const test::TemporaryDirectory plugins;
  PluginFinder finder({plugins.path()}, settings_.host_program);
  catalog_ = &finder;
  settings_.backoff.most = 200ms;
  start_daemon();
  EXPECT_THAT(last_error_of("well_behaved"), HasSubstr("there is no plugin 'well_behaved'"));
  EXPECT_EQ(status("bad").state, InputState::kBackoff);
  EXPECT_TRUE(status("bad").retry_at.has_value());
  std::filesystem::copy_file(std::string(TELLTALE_BINARY_DIR) + "/tests/badplugins/well_behaved.so",
                             plugins.file("new"));
  std::filesystem::rename(plugins.file("new"), plugins.file("well_behaved.so"));
  EXPECT_TRUE(wait_readings("bad", 5));
  end_daemon();
}

TEST_F(SupervisorTest, RestartsACrashingInputAgainAndAgain) {
  start_daemon();
  apply({input("bad", "crashes_in_poll"), input("good", "well_behaved")});
  ASSERT_TRUE(wait_status("bad", [](const auto& s) { return s.restarts >= 3; }));
  ASSERT_TRUE(drain_->wait_for([](const HeardByInput& heard) { return heard.at("bad").readings.size() >= 15; }));
  const auto counts = counts_of(drain_->heard().at("bad"), "crashes_in_poll.count");
  for (std::size_t i = 0; i < 15; ++i) EXPECT_EQ(counts[i], static_cast<double>(i % 5)) << "five of each life";
  EXPECT_EQ(drain_->heard().at("good").restarts, 1);
}

TEST_F(SupervisorTest, EndsWhatHangs) {
  settings_.hang_floor = 300ms;
  start_daemon();
  EXPECT_THAT(last_error_of("hangs_in_poll"), HasSubstr("hung: the plugin did not return from a call for"));
  ASSERT_TRUE(wait_readings("bad", 5));
}

TEST_F(SupervisorTest, EndsWhatGivesNoSignOfLife) {
  settings_.heartbeat_limit = 300ms;
  start_daemon();
  // Stopped by a signal, its process does nothing at all.
  apply({input("a", "well_behaved")});
  ASSERT_TRUE(wait_readings("a", 1));
  ASSERT_EQ(::kill(status("a").pid, SIGSTOP), 0);
  ASSERT_TRUE(wait_status("a", [](const auto& s) { return s.restarts > 0; }));
  EXPECT_THAT(status("a").last_error, HasSubstr("hung: "));
}

TEST_F(SupervisorTest, EndsAProcessThatOverwritesItsRing) {
  start_daemon();
  EXPECT_THAT(last_error_of("scribbles_ring"), HasSubstr("its ring made no sense"));
  EXPECT_GE(status("bad").corrupt, 1U);
  ASSERT_TRUE(wait_status("bad", [](const auto& s) { return s.restarts >= 2; })) << "and the next one is heard";
}

TEST_F(SupervisorTest, LeavesOutLinesOfAFlood) {
  start_daemon();
  apply({input("bad", "floods_log")});
  ASSERT_TRUE(wait_status(
      "bad", [](const auto& s) { return s.last_lines.size() == kLastLines && s.state == InputState::kRunning; }));
}

TEST_F(SupervisorTest, RestartsOnlyWhatChanged) {
  start_daemon();
  core::InputConfig a = input("a", "well_behaved");
  apply({a, input("b", "well_behaved"), input("c", "well_behaved")});
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(wait_readings(id, 5));
  const int pid_a = status("a").pid;
  const int pid_b = status("b").pid;
  a.options = options(10ms, "blue", 0.2);
  apply({a, input("b", "well_behaved"), input("d", "well_behaved")});
  ASSERT_TRUE(wait_readings("d", 1));
  ASSERT_TRUE(wait_status("c", [](const auto& s) { return s.id.empty(); })) << "gone from the list";
  ASSERT_TRUE(drain_->wait_for([](const HeardByInput& heard) {
    const auto& readings = heard.at("a").readings;
    return std::any_of(readings.begin(), readings.end(), [](const auto& r) { return r.text == "blue 0.200000"; });
  }));
  EXPECT_NE(status("a").pid, pid_a);
  EXPECT_EQ(status("b").pid, pid_b);
  EXPECT_EQ(status("a").restarts, 0U) << "asked for is no failure";
  EXPECT_EQ(status("a").last_error, "");
}

TEST_F(SupervisorTest, TakesAnInputBackThatIsStillStopping) {
  settings_.stop_grace = 300ms;
  start_daemon();
  apply({input("a", "deaf_to_stop")});
  ASSERT_TRUE(wait_status("a", [](const auto& s) { return s.state == InputState::kRunning; }));
  apply({});
  apply({input("a", "well_behaved")});
  ASSERT_TRUE(wait_readings("a", 5));
  EXPECT_EQ(status("a").plugin, "well_behaved");
  EXPECT_THAT(status("a").last_error, HasSubstr("did not stop within 300ms"));
}

TEST_F(SupervisorTest, RestartsOnDemand) {
  start_daemon();
  apply({input("a", "well_behaved")});
  ASSERT_TRUE(wait_readings("a", 5));
  const int pid = status("a").pid;
  ASSERT_TRUE(supervisor_->restart("a").has_value());
  ASSERT_TRUE(wait_status("a", [&](const auto& s) { return s.pid != 0 && s.pid != pid; }));
  EXPECT_EQ(supervisor_->restart("b").error().code, core::ErrorCode::kNotFound);
}

TEST_F(SupervisorTest, EndsOnStopWhatIsDeafToIt) {
  settings_.stop_grace = 200ms;
  start_daemon();
  apply({input("a", "deaf_to_stop"), input("b", "well_behaved")});
  ASSERT_TRUE(wait_status("a", [](const auto& s) { return s.state == InputState::kRunning; }));
  ASSERT_TRUE(wait_readings("b", 1));
  const int pid = status("a").pid;
  stop_all();
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(SupervisorTest, DrainsWhatAnEarlierDaemonLeftAlsoOfInputsThatAreGone) {
  const std::string rings = settings_.ring_directory;
  ASSERT_TRUE(std::filesystem::create_directory(rings));
  for (const std::string id : {"a", "gone"}) {
    auto ring = RingMapping::create(rings + "/" + id + ".4.ring", 4, {kRingAlignment, kRingAlignment});
    RingWriter writer(*ring, *core::make_eventfd());
    core::SeriesDeclaration declaration;
    declaration.key = *core::make_series_key("left", {});
    ASSERT_TRUE(writer.declare(encode_declaration(declaration)));
    const telltale_reading reading{5, 42, 0, 0, 0};
    ASSERT_TRUE(writer.publish({&reading, 1}));
  }
  std::ofstream(rings + "/a.3.ring") << "torn";
  start_daemon();
  apply({input("a", "well_behaved")});
  ASSERT_TRUE(wait_readings("a", 5));
  ASSERT_TRUE(wait_readings("gone", 1));
  const auto heard = drain_->heard();
  EXPECT_EQ(heard.at("a").readings[0].series, "left");
  EXPECT_EQ(heard.at("a").readings[0].value, 42);
  EXPECT_EQ(heard.at("a").restarts, 2);
  stop_all();
  ASSERT_TRUE(drain_->wait_for([&](const HeardByInput&) { return std::filesystem::is_empty(rings); }));
}

}  // namespace
}  // namespace telltale::host
