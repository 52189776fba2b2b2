// A stream that says when it was made: each value is the boot clock in microseconds at the moment it is published.
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <telltale/cpp/plugin.hpp>

class Stamp : public telltale::StreamingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"stamp", "1.0.0", "Values that say when they were published."};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::duration("every", "Time between two rounds.").by_default("200ms").range(1e5, 1e11),
      telltale::Option::integer("series", "Series, taken in turn.").by_default("1").range(1, 10'000),
      telltale::Option::integer("batch", "Readings in one crossing.").by_default("1").range(1, 4'096),
      telltale::Option::integer("bursts", "Crossings in a round.").by_default("1").range(1, 10'000),
  };

  explicit Stamp(telltale::Host host)
      : host_(host),
        batch_(static_cast<std::size_t>(host.options().integer("batch"))),
        bursts_(host.options().integer("bursts")) {
    const auto count = host.options().integer("series");
    for (std::int64_t i = 0; i < count; ++i) {
      series_.push_back(host.gauge(std::string(host.id()) + ".s" + std::to_string(i)).number());
    }
  }

  void run(int stop_fd) override {
    const int timer = ::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0) throw telltale::IoError("timerfd_create");
    const auto every = host_.options().duration("every").count();
    const timespec period{static_cast<time_t>(every / 1'000'000'000), static_cast<long>(every % 1'000'000'000)};
    const itimerspec setting{period, period};
    ::timerfd_settime(timer, 0, &setting, nullptr);
    host_.ok();
    publish_round();
    while (wait(stop_fd, timer)) publish_round();
    ::close(timer);
  }

 private:
  // False when the input shall stop. A round that is missed is left out.
  static bool wait(int stop_fd, int timer) {
    pollfd descriptors[] = {{stop_fd, POLLIN, 0}, {timer, POLLIN, 0}};
    while (::poll(descriptors, 2, -1) < 0 && errno == EINTR) continue;
    std::uint64_t expired = 0;
    [[maybe_unused]] const auto got = ::read(timer, &expired, sizeof expired);
    return descriptors[0].revents == 0;
  }

  void publish_round() {
    for (std::int64_t burst = 0; burst < bursts_; ++burst) {
      const double now = static_cast<double>(host_.now().count()) / 1e3;
      for (telltale_reading& reading : batch_) {
        reading = {0, now, series_[next_], TELLTALE_QUALITY_GOOD, 0};
        next_ = next_ + 1 == series_.size() ? 0 : next_ + 1;
      }
      host_.publish(batch_);
    }
  }

  telltale::Host host_;
  std::vector<std::uint32_t> series_;
  std::vector<telltale_reading> batch_;
  std::int64_t bursts_;
  std::size_t next_ = 0;
};
TELLTALE_PLUGIN(Stamp)
