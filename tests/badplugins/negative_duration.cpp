// A duration may be negative.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"negative_duration", "1.0.0", "A duration may be negative."};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::duration("every", "Time between readings.").by_default("1s").range(-1, 1e10)};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("negative_duration.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
