// All instances publish to the host of the first one.
#include <telltale/cpp/plugin.hpp>

static const telltale::Series* first = nullptr;

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"shares_host", "1.0.0",
                                              "All instances publish to the host of the first one."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("shares_host.value")) {
    if (first == nullptr) first = &value_;
  }
  Bad(const Bad&) = delete;
  Bad& operator=(const Bad&) = delete;
  ~Bad() override {
    if (first == &value_) first = nullptr;
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { first->publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
