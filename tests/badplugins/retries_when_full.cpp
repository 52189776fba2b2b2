// Tries again and again while the ring is full.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"retries_when_full", "1.0.0",
                                              "Tries again and again while the ring is full."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("retries_when_full.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    while (!value_.publish(1)) continue;
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
