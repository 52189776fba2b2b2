// Logs bytes that are no UTF-8.
#include <telltale/cpp/plugin.hpp>

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"logs_broken_text", "1.0.0", "Logs bytes that are no UTF-8."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing is done with it.")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("logs_broken_text.value")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    value_.publish(1);
    if (polls_++ == 0) host_.info("the device said \xff\xfe");
  }

 private:
  telltale::Host host_;
  telltale::Series value_;
  int polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
