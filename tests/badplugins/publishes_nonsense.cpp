// Publishes NaN, infinities, the largest numbers, times of long ago and of the far future, and a series that nobody
// declared.
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"publishes_nonsense", "1.0.0", "Publishes nonsense."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    const std::array<telltale_reading, 8> nonsense = {
        telltale_reading{host_.now().count(), std::nan(""), count_.number(), 0, 0},
        telltale_reading{host_.now().count(), INFINITY, count_.number(), 0, 0},
        telltale_reading{host_.now().count(), -DBL_MAX, count_.number(), 0, 0},
        telltale_reading{1, 1, count_.number(), 0, 0},
        telltale_reading{std::numeric_limits<std::int64_t>::min(), 1, count_.number(), 0, 0},
        telltale_reading{std::numeric_limits<std::int64_t>::max(), 1, count_.number(), 0, 0},
        telltale_reading{host_.now().count(), 1, count_.number(), 0xffff, 0xffff},
        telltale_reading{host_.now().count(), 1, 12'345, 0, 0}};
    for (const telltale_reading& reading : nonsense) {
      host_.publish({&reading, 1});
    }
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
