// Publishes each reading with an earlier time.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"publishes_backward_times", "1.0.0",
                                              "Publishes each reading with an earlier time."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host)
      : host_(host), value_(host.gauge("publishes_backward_times.value")), last_(host.now().count()) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    const telltale_reading reading{last_ -= 1'000'000, 1, value_.number(), TELLTALE_QUALITY_GOOD, 0};
    host_.publish({&reading, 1});
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  std::int64_t last_;
};
TELLTALE_PLUGIN(Bad)
