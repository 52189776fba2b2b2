// Publishes a reading for each millisecond that has passed, also of a sleep of hours.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{
      "makes_up_for_time", "1.0.0",
      "Publishes a reading for each millisecond that has passed, also of a sleep of hours."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("makes_up_for_time.value")), last_(host.now()) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    for (const auto now = host_.now(); last_ < now; last_ += std::chrono::milliseconds(1)) {
      const telltale_reading reading{last_.count(), 1, value_.number(), TELLTALE_QUALITY_GOOD, 0};
      host_.publish({&reading, 1});
    }
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::chrono::nanoseconds last_;
};
TELLTALE_PLUGIN(Bad)
