// Publishes without a pause, as fast as it can, from its first poll on.
#include <array>
#include <string>

#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"floods_readings", "1.0.0", "Floods."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter(std::string(host.id()) + ".count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    std::array<telltale_reading, 64> batch{};
    for (telltale_reading& reading : batch) reading = {0, polls_++, count_.number(), 0, 0};
    for (;;) host_.publish(batch);
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
