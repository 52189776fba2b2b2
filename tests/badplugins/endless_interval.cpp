// Asks to be polled every 12 days.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"endless_interval", "1.0.0", "Asks to be polled every 12 days."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("endless_interval.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::hours(12 * 24); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
