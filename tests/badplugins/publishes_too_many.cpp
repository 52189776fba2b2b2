// Publishes 5,000 readings at once.
#include <vector>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"publishes_too_many", "1.0.0", "Publishes 5,000 readings at once."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("publishes_too_many.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    const std::vector<telltale_reading> readings(5'000, {0, 1, value_.number(), TELLTALE_QUALITY_GOOD, 0});
    host_.publish(readings);
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
