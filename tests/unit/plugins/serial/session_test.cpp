// The line's life over pseudo-terminals: what a device sends is published, an unplug is survived, silence is not.
#include "plugins/serial/exchange/session.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "plugins/serial/serial_options.h"
#include "tests/support/fake_host.h"
#include "tests/support/temporary_tree.h"

namespace telltale::serial {
namespace {

using test::FakeHost;
using test::Given;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Keys = std::vector<std::pair<std::string, Given>>;

// A device behind an adapter: a pseudo-terminal, and a link to it that stays when the number changes.
class Device {
 public:
  Device() : link_(tree_.path() / "port") { plug_in(); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() { unplug(); }

  void plug_in() {
    fd_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    std::array<char, 64> name{};
    if (fd_ < 0 || ::grantpt(fd_) != 0 || ::unlockpt(fd_) != 0 || ::ptsname_r(fd_, name.data(), name.size()) != 0) {
      throw std::runtime_error("no pseudo-terminal");
    }
    std::filesystem::remove(link_);
    std::filesystem::create_symlink(name.data(), link_);
  }
  void unplug() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    std::filesystem::remove(link_);
  }
  void send(std::string_view bytes) const {
    ASSERT_EQ(::write(fd_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // Reads until `count` bytes are there.
  [[nodiscard]] std::string receive(std::size_t count) const {
    std::string bytes;
    while (bytes.size() < count) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, 10'000) <= 0) break;
      std::array<char, 256> room{};
      const ssize_t size = ::read(fd_, room.data(), std::min(room.size(), count - bytes.size()));
      if (size <= 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));  // not opened yet
        continue;
      }
      bytes.append(room.data(), static_cast<std::size_t>(size));
    }
    return bytes;
  }
  [[nodiscard]] std::string path() const { return link_.string(); }

 private:
  test::TemporaryTree tree_;
  std::filesystem::path link_;
  int fd_ = -1;
};

class Running {
 public:
  Running(const Device& device, Keys keys)
      : host_(kOptionTable, given(device, std::move(keys)), "scale"),
        settings_(make_settings(host_.host().options())),
        stop_(::eventfd(0, EFD_CLOEXEC)) {
    host_.use_the_real_clock();
    thread_ = std::thread([this] { Session(host_.host(), settings_, stop_).run(); });
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_, &one, sizeof one), 8);
    thread_.join();
    ::close(stop_);
    EXPECT_THAT(host_.faults(), IsEmpty());
  }
  FakeHost& host() { return host_; }
  // The session looks at what was sent before it opened the port as the middle of a message, so it must have.
  void wait_until_open(std::uint64_t times = 1) {
    wait([&] { return host_.counted("port.opened") >= times; });
    std::this_thread::sleep_for(2 * Framer::kQuietStart);
  }
  static void wait(const std::function<bool()>& condition) {
    for (int i = 0; i < 2'000 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(condition());
  }
  bool has(std::string_view key, double value) {
    return host_.wait_for(
        key, [&](const auto& reading) { return reading.value == value && reading.quality == TELLTALE_QUALITY_GOOD; });
  }
  bool is_bad(std::string_view key) {
    return host_.wait_for(key, [](const auto& reading) { return reading.quality == TELLTALE_QUALITY_BAD; });
  }

 private:
  static Given given(const Device& device, Keys keys) {
    keys.emplace_back("port", device.path());
    return Given::section(std::move(keys));
  }
  FakeHost host_;
  Settings settings_;
  int stop_;
  std::thread thread_;
};

const Given kScale = Given::section({{"regex", R"(W\s*(?<weight>[-\d.]+)\s*kg)"}});

TEST(SerialSession, PublishesWhatADeviceSends) {
  const Device device;
  Running running(device, {{"payload", kScale}});
  running.wait_until_open();
  device.send("W  12.50 kg\r\nnoise\r\nW 3");
  EXPECT_TRUE(running.has("scale.weight", 12.5));
  device.send("7 kg\r\n");  // torn
  EXPECT_TRUE(running.has("scale.weight", 37));
  Running::wait([&] { return running.host().counted("payload.no_match") == 1; });
  Running::wait([&] { return running.host().counted("frames.good") == 2; });
  EXPECT_EQ(running.host().health(), TELLTALE_HEALTH_OK);
}

TEST(SerialSession, ComesBackAfterAnUnplug) {
  Device device;
  Running running(device, {{"payload", kScale}});
  running.wait_until_open();
  device.send("W 1 kg\n");
  EXPECT_TRUE(running.has("scale.weight", 1));
  device.unplug();
  EXPECT_TRUE(running.is_bad("scale.weight"));
  Running::wait([&] { return running.host().health() == TELLTALE_HEALTH_FAILING; });
  Running::wait([&] { return running.host().counted("port.lost") == 1; });
  device.plug_in();
  const auto start = std::chrono::steady_clock::now();
  running.wait_until_open(2);
  device.send("W 2 kg\n");
  EXPECT_TRUE(running.has("scale.weight", 2));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  Running::wait([&] { return running.host().health() == TELLTALE_HEALTH_OK; });
}

TEST(SerialSession, IsNeverSilentlySilent) {
  const Device device;
  Running running(device, {{"payload", kScale}, {"silence", "400ms"}});
  running.wait_until_open();
  device.send("W 1 kg\n");
  EXPECT_TRUE(running.has("scale.weight", 1));
  EXPECT_TRUE(running.is_bad("scale.weight"));
  Running::wait([&] { return running.host().counted("silence.found") >= 2; });
  EXPECT_THAT(running.host().health_reason(), HasSubstr("nothing came at all"));
  EXPECT_GE(running.host().counted("port.opened"), 2U);
}

TEST(SerialSession, AsksAndTellsWhoAnswers) {
  const Device device;
  Running running(
      device,
      {{"payload", "number"},
       {"misses", "2"},
       {"init", Given::list({"I\\r"})},
       {"poll",
        Given::list({Given::section({{"send", "A?\\r"}, {"name", "a"}, {"every", "50ms"}}),
                     Given::section({{"send", "B?\\r"}, {"name", "b"}, {"every", "50ms"}, {"timeout", "50ms"}})})}});
  EXPECT_EQ(device.receive(2), "I\r");
  EXPECT_EQ(device.receive(3), "A?\r");
  device.send("1.5\r\n");
  EXPECT_TRUE(running.has("scale.a", 1.5));
  EXPECT_EQ(device.receive(3), "B?\r");
  device.send("2.5\r\n");
  EXPECT_TRUE(running.has("scale.b", 2.5));
  device.send("9\r\n");  // nobody asked
  for (int i = 0; i < 200 && running.host().counted("poll.missed") < 2; ++i) {
    if (device.receive(3) == "A?\r") device.send("1\r\n");
  }
  EXPECT_TRUE(running.is_bad("scale.b"));
  EXPECT_TRUE(running.has("scale.a", 1));
  for (const auto& reading : running.host().readings("scale.b")) EXPECT_NE(reading.value, 9);
}

// Two devices of different makers on one line: one answers in key=value, the other a number with a unit in JSON.
TEST(SerialSession, DecodesEachAnswerAsItsOwnPollSays) {
  const Device device;
  Running running(
      device,
      {{"payload", "keyvalue"},
       {"poll", Given::list({Given::section({{"send", "A?\\r"}, {"name", "a"}, {"every", "50ms"}}),
                             Given::section({{"send", "B?\\r"},
                                             {"name", "b"},
                                             {"every", "50ms"},
                                             {"payload", Given::section({{"value", "$.t"}})}}),
                             Given::section({{"send", "C?\\r"},
                                             {"name", "c"},
                                             {"every", "50ms"},
                                             {"payload", Given::section({{"regex", R"(W\s*(?<w>[\d.]+))"}})}})})}});
  for (int i = 0; i < 200 && running.host().counted("payload.no_match") == 0; ++i) {
    const std::string question = device.receive(3);
    if (question == "A?\r") device.send("T=21.5\r\n");
    if (question == "B?\r") device.send("{\"t\": 40}\r\n");
    if (question == "C?\r") device.send(i < 10 ? "W 12.5 kg\r\n" : "T=99\r\n");  // then in the words of another
  }
  EXPECT_TRUE(running.has("scale.a.T", 21.5));
  EXPECT_TRUE(running.has("scale.b", 40));
  EXPECT_TRUE(running.has("scale.c.w", 12.5));
  EXPECT_GT(running.host().counted("payload.no_match"), 0U);
  EXPECT_FALSE(running.host().series("scale.c.T"));
}

TEST(SerialSession, SaysWhyAPortCannotBeOpened) {
  Device device;
  device.unplug();
  Running running(device, {{"payload", "number"}});
  Running::wait([&] { return running.host().health() == TELLTALE_HEALTH_FAILING; });
  EXPECT_THAT(running.host().health_reason(), HasSubstr("is not there"));
  device.plug_in();
  running.wait_until_open();
  device.send("5\n");
  EXPECT_TRUE(running.has("scale", 5));
}

TEST(SerialLine, RefusesWhatIsNoPort) {
  EXPECT_THAT(Line::open("/dev/null", {}).problem, HasSubstr("no serial port"));
  EXPECT_THAT(Line::open("/nowhere", {}).problem, HasSubstr("not there"));
  const Device device;
  LineSettings settings;
  settings.rs485 = Rs485{};
  EXPECT_THAT(Line::open(device.path(), settings).problem, HasSubstr("RS-485"));
  settings.rs485.reset();
  settings.baud = 12'345;
  EXPECT_THAT(Line::open(device.path(), settings).problem, HasSubstr("baud"));
}

}  // namespace
}  // namespace telltale::serial
